import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { chmod, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import type { Ask, Connection } from "../../../src/app/ports.ts";
import { line, words } from "../../../src/domain/shell.ts";
import { addLogin, type Login } from "../../support/login.ts";
import { openTestNodes, rejection, started, stdoutOf } from "../../support/ssh.ts";
import { startSshd, whyNoSshd, type Sshd } from "../../support/sshd.ts";

const whyNot = whyNoSshd ?? (existsSync("/usr/bin/sudo") ? undefined : "needs sudo");

describe.skipIf(whyNot)(`sudo and rights${whyNot ? ` (${whyNot})` : ""}`, { timeout: 30_000 }, () => {
  let sshd: Sshd;
  let login: Login;
  let rules: string;
  beforeAll(async () => {
    sshd = await startSshd();
  });
  afterAll(() => sshd.stop());
  beforeEach(async () => {
    login = await addLogin({ password: "open sesame" });
    rules = `/etc/sudoers.d/${login.name}`;
  });
  afterEach(async () => {
    await rm(rules, { force: true });
    await login.remove();
  });

  const allow = (rule: string): Promise<void> => writeFile(rules, `${login.name} ${rule}\n`, { mode: 0o440 });
  const typing = (password: string, asked: string[] = []): Ask => ({
    confirm: () => Promise.resolve(false),
    text: () => Promise.reject(new Error("not asked")),
    hidden: (question) => {
      asked.push(question);
      return Promise.resolve(password);
    },
  });
  const connect = (ask?: Ask, sudo?: boolean): Promise<Connection> =>
    openTestNodes(ask ? { ask } : {}).connect(
      sshd.node("n1", { user: login.name, ...(sudo === undefined ? {} : { sudo }) }),
    );
  const asRoot = line('id -u; cat; printf "%s" "$0"; exit 3');
  const rootsAnswer = { status: "failed", code: 3, stdout: "0\nin\nputsh" };

  test("root needs none", async () => {
    const connection = await openTestNodes().connect(sshd.node());
    expect(await connection.privilege()).toMatchObject({ root: true, docker: true, sudo: true });
    expect(await connection.run(asRoot, { sudo: true, stdin: "in\nput" })).toMatchObject(rootsAnswer);
  });

  test.each([
    ["may", 0o660, true],
    ["may not", 0o600, false],
  ])("a user who %s use the Docker socket", async (_what, mode, docker) => {
    const socket = join(login.home, "docker.sock");
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(socket, resolve));
    onTestFinished(
      () =>
        new Promise((resolve) => {
          server.close(() => {
            resolve();
          });
        }),
    );
    await promisify(execFile)("chgrp", [login.name, socket]);
    await chmod(socket, mode);
    const other = await started(startSshd({ config: [`SetEnv DOCKER_HOST=unix://${socket}`] }));
    const connection = await openTestNodes().connect(other.node("n1", { user: login.name }));
    expect(await connection.privilege()).toEqual({ root: false, docker, sudo: false });
  });

  test("without a password", async () => {
    await allow("ALL=(ALL) NOPASSWD: ALL");
    const connection = await connect();
    expect(await connection.privilege()).toEqual({ root: false, docker: false, sudo: true });
    expect(await connection.run(asRoot, { sudo: true, stdin: "in\nput" })).toMatchObject(rootsAnswer);
    expect(await stdoutOf(connection.run(words("printf", "%s|", "a b", "$(id)", "'"), { sudo: true }))).toBe(
      "a b|$(id)|'|",
    );
  });

  test("with a password, asked once for all nodes; the command's stdin does not see it", async () => {
    await allow("ALL=(ALL) ALL");
    const asked: string[] = [];
    const nodes = openTestNodes({ ask: typing("open sesame", asked) });
    const connections = await Promise.all(
      ["n1", "n2"].map((name) => nodes.connect(sshd.node(name, { user: login.name }))),
    );
    const outcomes = await Promise.all(
      [...connections, ...connections].map((connection) => connection.run(asRoot, { sudo: true, stdin: "in\nput" })),
    );
    for (const outcome of outcomes) expect(outcome).toMatchObject({ ...rootsAnswer, stderr: "" });
    expect(asked).toHaveLength(1);
  });

  test("with a password where sudo wants none for this: it is not sent", async () => {
    await allow("ALL=(ALL) NOPASSWD: /bin/sh -c echo*");
    const connection = await connect(typing("open sesame"));
    const outcome = await connection.run(words("cat"), { sudo: true, stdin: "in" });
    expect(outcome.stdout).toBe("in");
  });

  test("a wrong password: one attempt", async () => {
    await allow("ALL=(ALL) ALL");
    const connection = await connect(typing("wrong"));
    const error = await rejection(connection.run(words("id"), { sudo: true }), "sudo-failed");
    expect(error.message).toContain("refused the password");
    expect(error.message).not.toContain("pictl-");
    expect(JSON.stringify(error) + String(error.stack)).not.toContain("wrong\n");
  });

  test("a password and nobody to ask", async () => {
    await allow("ALL=(ALL) ALL");
    const error = await rejection((await connect()).run(words("id"), { sudo: true }), "sudo-failed");
    expect(error.message).toBe("sudo on n1 wants a password, and nobody gave one.");
    expect(error.hint).toContain("NOPASSWD");
  });

  test("a user whom sudo does not know", async () => {
    const error = await rejection(
      (await connect(typing("open sesame"))).run(words("id"), { sudo: true }),
      "sudo-failed",
    );
    expect(error.message).toContain("is not in the sudoers file");
  });

  test("sudo that wants a terminal says so", async () => {
    await writeFile(rules, `${login.name} ALL=(ALL) NOPASSWD: ALL\nDefaults:${login.name} requiretty\n`, {
      mode: 0o440,
    });
    const connection = await connect(typing("open sesame"));
    expect(await connection.privilege()).toEqual({
      root: false,
      docker: false,
      sudo: false,
      sudoSaid: "sudo: sorry, you must have a tty to run sudo",
    });
    const error = await rejection(connection.run(words("id"), { sudo: true }), "sudo-failed");
    expect(error.message).toContain("you must have a tty");
    expect(error.hint).toContain("remove `requiretty` from sudoers");
  });

  test("a config that forbids sudo", async () => {
    await allow("ALL=(ALL) NOPASSWD: ALL");
    const connection = await connect(undefined, false);
    expect(await connection.privilege()).toMatchObject({ sudo: false });
    const error = await rejection(connection.run(words("id"), { sudo: true }), "sudo-failed");
    expect(error.message).toContain("the config forbids sudo");
  });

  test("what runs through sudo is ended at the deadline", async () => {
    await allow("ALL=(ALL) NOPASSWD: ALL");
    const connection = await connect();
    const outcome = await connection.run(line("sleep 4715"), { sudo: true, timeoutMs: 800 });
    expect(outcome).toMatchObject({ status: "unknown", reason: "timeout" });
    await expect.poll(async () => (await connection.run(words("pgrep", "-f", "[s]leep 4715"))).stdout).toBe("");
  });

  test("a pipe through sudo", async () => {
    await allow("ALL=(ALL) ALL");
    const stream = await (await connect(typing("open sesame"))).pipe(line("id -u; cat"), { sudo: true });
    stream.end("in");
    const chunks: Buffer[] = [];
    for await (const chunk of stream) chunks.push(chunk as Buffer);
    expect(Buffer.concat(chunks).toString()).toBe("0\nin");
  });
});
