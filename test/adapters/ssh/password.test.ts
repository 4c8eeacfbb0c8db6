import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Ask } from "../../../src/app/ports.ts";
import type { NodeSpec } from "../../../src/domain/config/types.ts";
import { addLogin, type Login } from "../../support/login.ts";
import { openTestNodes, rejection } from "../../support/ssh.ts";
import { startSshd, whyNoSshd, type Sshd } from "../../support/sshd.ts";

describe.skipIf(whyNoSshd)(`passwords${whyNoSshd ? ` (${whyNoSshd})` : ""}`, { timeout: 30_000 }, () => {
  let login: Login;
  const servers: Record<string, Sshd> = {};
  beforeAll(async () => {
    login = await addLogin({ password: "open sesame" });
    const password = "PasswordAuthentication yes";
    const interactive = ["KbdInteractiveAuthentication yes", "UsePAM yes"];
    servers["password"] = await startSshd({ config: [password, "PubkeyAuthentication no"] });
    servers["keyboard-interactive"] = await startSshd({ config: [...interactive, "PubkeyAuthentication no"] });
    servers["both"] = await startSshd({ config: [password, "AuthenticationMethods publickey,password"] });
  });
  afterAll(async () => {
    await Promise.all(Object.values(servers).map((sshd) => sshd.stop()));
    await login.remove();
  });

  const node = (server: string, name = "n1"): NodeSpec => {
    const sshd = servers[server];
    if (!sshd) throw new Error(server);
    return sshd.node(name, { user: login.name });
  };
  const typing = (password: string, asked: string[]): Ask => ({
    confirm: () => Promise.resolve(false),
    text: () => Promise.reject(new Error("not asked")),
    hidden: (question) => {
      asked.push(question);
      return Promise.resolve(password);
    },
  });

  test.each(["password", "keyboard-interactive"])("%s: asked once per user and host", async (server) => {
    const asked: string[] = [];
    const nodes = openTestNodes({ ask: typing("open sesame", asked) });
    const connections = await Promise.all(["n1", "n2", "n3"].map((name) => nodes.connect(node(server, name))));
    expect(asked).toHaveLength(1);
    expect(connections.map(({ login: how }) => how?.method)).toEqual(["password", "password", "password"]);
  });

  test("a key and a password, both wanted", async () => {
    const asked: string[] = [];
    const connection = await openTestNodes({ ask: typing("open sesame", asked) }).connect(node("both"));
    expect(connection.login?.method).toBe("password");
    expect(asked).toEqual([`Password of ${login.name} on n1`]);
  });

  test("a wrong one: one attempt, and it is in no message", async () => {
    const error = await rejection(openTestNodes({ ask: typing("wr0ng", []) }).connect(node("password")), "auth-failed");
    expect(error.message).toContain(", password. The server takes: password.");
    expect(error.message + String(error.hint) + String(error.stack)).not.toContain("wr0ng");
    expect((await servers["password"]?.log())?.match(/Failed password/g)).toHaveLength(1);
  });

  test("a wrong one is asked for again at the next connection", async () => {
    const answers = ["wr0ng", "open sesame"];
    const ask: Ask = { ...typing("", []), hidden: () => Promise.resolve(answers.shift() ?? "") };
    const nodes = openTestNodes({ ask });
    await rejection(nodes.connect(node("password")), "auth-failed");
    await nodes.connect(node("password"));
  });

  test("nobody to ask", async () => {
    const error = await rejection(openTestNodes().connect(node("password")), "auth-failed");
    expect(error.message).toContain("The server takes: password.");
  });
});
