import { existsSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import type { Connection } from "../../../src/app/ports.ts";
import { line, words } from "../../../src/domain/shell.ts";
import { hostileWords } from "../../support/hostile-words.ts";
import { addLogin, type LoginOptions } from "../../support/login.ts";
import { openTestNodes, rejection, stdoutOf } from "../../support/ssh.ts";
import { startSshd, whyNoSshd, type Sshd } from "../../support/sshd.ts";

const noise = `
echo noise on stdout; echo noise on stderr >&2
printf 'no newline at the end of this'
printf 'nor of this' >&2
`;

const shells: (readonly [string, LoginOptions])[] = [
  ["dash", { shell: "/bin/dash" }],
  ["a noisy bash", { shell: "/bin/bash", files: { ".bashrc": noise } }],
  ["a slow bash", { shell: "/bin/bash", files: { ".bashrc": "sleep 1" } }],
  ["a bash that traces", { shell: "/bin/bash", files: { ".bashrc": "set -xv" } }],
  ["a noisy fish", { shell: "/usr/bin/fish", files: { ".config/fish/config.fish": "echo noise on stdout" } }],
  [
    "a noisy csh",
    { shell: "/bin/csh", files: { ".cshrc": "echo noise on stdout\nset history=100\nalias exec echo no" } },
  ],
  ["a noisy tcsh", { shell: "/bin/tcsh", files: { ".cshrc": "echo noise on stdout" } }],
];

describe.skipIf(whyNoSshd)(`the login shell${whyNoSshd ? ` (${whyNoSshd})` : ""}`, { timeout: 60_000 }, () => {
  let sshd: Sshd;
  beforeAll(async () => {
    sshd = await startSshd();
  });
  afterAll(() => sshd.stop());

  const loginWith = async (options: LoginOptions): Promise<Connection> => {
    const login = await addLogin(options);
    onTestFinished(() => login.remove());
    return openTestNodes().connect(sshd.node("n1", { user: login.name }));
  };

  describe.each(shells)("%s", (_name, options) => {
    test.skipIf(!existsSync(options.shell ?? ""))("commands, outputs, codes and stdin are what they are", async () => {
      const connection = await loginWith(options);
      expect(await connection.run(line("echo out; echo err >&2; exit 3"))).toMatchObject({
        status: "failed",
        code: 3,
        stdout: "out\n",
        stderr: "err\n",
      });
      const list = hostileWords(100, 3);
      expect(await stdoutOf(connection.run(words("printf", "%s\\0", ...list)))).toBe(`${list.join("\0")}\0`);
      const short = hostileWords(1, 4);
      expect(await stdoutOf(connection.run(words("printf", "%s\\0", ...short)))).toBe(`${short.join("\0")}\0`);
      expect(await stdoutOf(connection.run(words("cat"), { stdin: "in\nput" }))).toBe("in\nput");
      expect(await stdoutOf(connection.run(line(`: ${"x".repeat(2_000)}; cat`), { stdin: "in\nput" }))).toBe("in\nput");
    });
  });

  test("10,000 hostile words go through sshd and back unchanged", async () => {
    const connection = await loginWith({ shell: "/bin/bash", files: { ".bashrc": noise } });
    const list = hostileWords(10_000, 5);
    const batches = Array.from({ length: 20 }, (_, i) => list.slice(i * 500, (i + 1) * 500));
    const outputs = await Promise.all(
      batches.map((batch) => stdoutOf(connection.run(words("printf", "%s\\0", ...batch)))),
    );
    expect(outputs.map((output) => output.split("\0").slice(0, -1))).toEqual(batches);
  });

  test("nologin: the command never ran, and the account's own words say why", async () => {
    const connection = await loginWith({ shell: "/usr/sbin/nologin" });
    const error = await rejection(connection.run(words("true")), "shell-unusable");
    expect(error.message).toBe(
      'The login shell on n1 does not run commands; it said: "This account is currently not available.".',
    );
  });

  test("a shell that says nothing and fails", async () => {
    const connection = await loginWith({ shell: "/bin/false" });
    const error = await rejection(connection.run(words("true")), "shell-unusable");
    expect(error.message).toBe("The login shell on n1 does not run commands; it said nothing and ended with code 1.");
  });

  test("a forced command", async () => {
    const forced = await startSshd({ config: ["ForceCommand echo forced"] });
    onTestFinished(() => forced.stop());
    const connection = await openTestNodes().connect(forced.node());
    const error = await rejection(connection.run(words("true")), "shell-unusable");
    expect(error.message).toContain('it said: "forced"');
    expect(error.hint).toContain("ForceCommand");
  });

  test("a start-up file that floods", async () => {
    const connection = await loginWith({ shell: "/bin/bash", files: { ".bashrc": "head -c 20000000 /dev/zero" } });
    expect(await stdoutOf(connection.run(words("echo", "after the flood")))).toBe("after the flood\n");
  });

  test("a start-up file that hangs", async () => {
    const connection = await loginWith({ shell: "/bin/bash", files: { ".bashrc": "sleep 100" } });
    expect(await connection.run(words("true"), { timeoutMs: 500 })).toMatchObject({
      status: "unknown",
      reason: "timeout",
    });
  });
});
