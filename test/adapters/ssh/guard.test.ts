import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { openScripts } from "../../../src/adapters/scripts/index.ts";
import { leased } from "../../../src/app/leadership/leased.ts";
import type { Connection, Nodes } from "../../../src/app/ports.ts";
import type { Fence } from "../../../src/domain/guard/command.ts";
import { line, words } from "../../../src/domain/shell.ts";
import { addLogin, type Login } from "../../support/login.ts";
import { openTestNodes, rejection, type SshNodes, started, throughProxy } from "../../support/ssh.ts";
import { startSshd, whyNoSshd, type Sshd } from "../../support/sshd.ts";
import { startProxy } from "../../support/tcp-proxy.ts";

const only = (connection: Connection): Nodes => ({
  connect: () => Promise.resolve(connection),
  discard: () => undefined,
  close: () => Promise.resolve(),
});

describe.skipIf(whyNoSshd)(`guarded commands${whyNoSshd ? ` (${whyNoSshd})` : ""}`, { timeout: 30_000 }, () => {
  const cluster = `test-ssh-${process.pid.toString()}`;
  let sshd: Sshd;
  let login: Login;
  let connection: Connection;
  beforeAll(async () => {
    [sshd, login] = await Promise.all([startSshd(), addLogin()]);
  });
  afterAll(async () => {
    await sshd.stop();
    await login.remove();
    for (const folder of ["/var/lib", "/run"])
      await rm(join(folder, "pictl", cluster), { recursive: true, force: true });
  });
  const nodes = (fence?: () => Fence | undefined): SshNodes =>
    openTestNodes({ guard: { script: () => openScripts().read("guard.sh"), cluster, ...(fence ? { fence } : {}) } });
  beforeEach(async () => {
    connection = await nodes().connect(sshd.node("n1", { user: login.name }));
  });

  test("one in time is as if there were no guard", async () => {
    const command = line("cat; echo err >&2; exit 180");
    expect(await connection.run(command, { guard: {}, stdin: "in\nput" })).toMatchObject({
      status: "failed",
      code: 180,
      stdout: "in\nput",
      stderr: "err\n",
    });
    expect(existsSync(join(login.home, ".local"))).toBe(false);
  });

  test("the clock comes with the question for rights, and is asked for anew when it is old", async () => {
    await connection.privilege();
    const first = await connection.clock();
    expect(first.bootId).toMatch(/^[0-9a-f-]{36}$/);
    expect(first.uptimeMs).toBeGreaterThan(0);
    expect(await connection.clock()).toBe(first);
    const second = await connection.clock({ maxAgeMs: 0 });
    expect(second.at).toBeGreaterThan(first.at);
    // The two clocks run alike: what was read was read at most as long before as the answer took.
    expect(second.uptimeMs - first.uptimeMs).toBeCloseTo(second.at - first.at, -3);
  });

  test("one that comes late is refused, and the next one is not", async () => {
    const until = performance.now() - 5_000;
    const before = await connection.clock();
    const error = await rejection(
      connection.run(words("touch", join(login.home, "late")), { guard: { until } }),
      "command-late",
    );
    expect(error.message).toMatch(
      /^The command reached the node 5\.\d s after its deadline, so it refused it: nothing was done\.$/,
    );
    expect(error.node).toBe("n1");
    expect(existsSync(join(login.home, "late"))).toBe(false);
    // It may have another clock than we thought.
    expect(await connection.clock()).not.toBe(before);
    expect(await connection.run(words("true"), { guard: {}, maxOutputBytes: 0 })).toMatchObject({ status: "ok" });
    await rejection(connection.run(words("true"), { guard: { until }, maxOutputBytes: 0 }), "command-late");
  });

  test("what only a leader may do is refused after the end of his lease, though its window is open", async () => {
    const proxy = await started(startProxy({ target: sshd.port }));
    const through = await nodes().connect(await throughProxy(sshd, proxy.port, { user: login.name }));
    await through.clock();
    proxy.slow(700);
    const until = performance.now() + 300;
    const bound = await leased(only(through), () => until).connect(sshd.node("n1"));
    await rejection(bound.run(words("true"), { guard: {} }), "command-late");
    // What is read may come when it will.
    expect(await bound.run(words("true"))).toMatchObject({ status: "ok" });
    const over = await rejection(bound.run(words("true"), { guard: {} }), "superseded");
    expect(over.message).toContain("so it did not send the command: nothing was done.");
  });

  test("on a slow line it is refused although its client waits; an unguarded one is not", async () => {
    const proxy = await started(startProxy({ target: sshd.port }));
    const through = await nodes().connect(await throughProxy(sshd, proxy.port, { user: login.name }));
    await through.clock();
    proxy.slow(700);
    await rejection(through.run(words("true"), { guard: { windowMs: 300 } }), "command-late");
    expect(await through.run(words("true"))).toMatchObject({ status: "ok" });
    expect(await through.run(words("true"), { guard: {} })).toMatchObject({ status: "ok" });
  });

  test("a daemon of old is refused", async () => {
    const root = sshd.node();
    let fence: Fence | undefined = { owner: "a", epoch: 2 };
    const old = await nodes(() => fence).connect(root);
    const newer = await nodes(() => ({ owner: "b", epoch: 3 })).connect(root);
    expect(await old.run(words("true"), { guard: {} })).toMatchObject({ status: "ok" });
    expect(await newer.run(words("true"), { guard: {} })).toMatchObject({ status: "ok" });
    const error = await rejection(old.run(words("true"), { guard: {} }), "superseded");
    expect(error.message).toContain("(epoch 3)");
    fence = undefined;
    expect(await old.run(words("true"), { guard: {} })).toMatchObject({ status: "ok" });
  });

  test("a lock is held while the command runs", async () => {
    const root = await nodes().connect(sshd.node());
    const told = await root.run(line('flock -n 8 && echo "ours until $PICTL_DEADLINE"'), { guard: { lock: "vip" } });
    expect(told.stdout).toMatch(/^ours until \d+\n$/);
  });
});
