import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { execLine } from "../../../../src/domain/ssh/run/exec-line.ts";
import { render, words } from "../../../../src/domain/shell.ts";
import { hostileWords } from "../../../support/hostile-words.ts";

/** What sshd does with a login shell, `$SHELL -c LINE`; returns what the command itself printed. */
function loginShell(shell: readonly string[], command: string, stdin = ""): string {
  const [program = "sh", ...args] = shell;
  const { line, preamble } = execLine(command, "MARK");
  // What stands in the start-up files of whoever runs the tests is no matter of theirs.
  const env = { ...process.env, HOME: "/nonexistent" };
  const { stdout, stderr } = spawnSync(program, [...args, "-c", line], {
    input: preamble + stdin,
    encoding: "utf8",
    env,
  });
  expect(stderr).toMatch(/^MARK \d+\n$/);
  expect(stdout.startsWith(stderr)).toBe(true);
  return stdout.slice(stderr.length);
}

const shells = [
  ["dash", "/bin/dash"],
  ["bash", "/bin/bash"],
  ["fish", "/usr/bin/fish"],
  ["csh", "/bin/csh"],
  ["tcsh", "/bin/tcsh"],
  ["zsh", "/bin/zsh"],
  ["ksh", "/bin/ksh"],
  ["busybox", "/usr/bin/busybox", "sh"],
];

describe.each(shells)("%s as the login shell", (_name, path = "", ...args) => {
  const shell = [path, ...args];
  const installed = existsSync(path);

  test.skipIf(!installed)("hostile words come back unchanged", () => {
    const list = hostileWords(1_000, 2);
    for (let at = 0; at < list.length; at += 250) {
      const batch = list.slice(at, at + 250);
      expect(loginShell(shell, render(words("printf", "%s\\0", ...batch)))).toBe(`${batch.join("\0")}\0`);
    }
    for (const word of list.slice(0, 40)) {
      expect(loginShell(shell, render(words("printf", "%s", word)))).toBe(word);
    }
  });

  test.skipIf(!installed)("stdin belongs to the command, whether it is short or long", () => {
    expect(loginShell(shell, "cat", "in\nput")).toBe("in\nput");
    expect(loginShell(shell, `: ${"x".repeat(5_000)}\ncat`, "in\nput")).toBe("in\nput");
  });

  test.skipIf(!installed)("a command of 100 kB arrives whole", () => {
    const text = "é'\n!".repeat(20_000);
    expect(loginShell(shell, render(words("printf", "%s", text)))).toBe(text);
  });

  test.skipIf(!installed)("trailing newlines and here-documents are kept", () => {
    expect(loginShell(shell, "cat <<EOF\na\n\nEOF\n")).toBe("a\n\n");
  });
});

test("the line is plain text without anything a shell could trip over", () => {
  const { line, preamble } = execLine("echo 'it''s' !! \\ $(id)\n", "MARK");
  expect(line).toBe(
    `exec sh -c 'echo MARK $$;echo MARK $$>&2;pictl_=$(printf %bx "echo \\0047it\\0047\\0047s\\0047 \\0041\\0041 \\0134 \\0044\\0050id\\0051\\0012");eval "\${pictl_%x}"'`,
  );
  expect(preamble).toBe("");
});
