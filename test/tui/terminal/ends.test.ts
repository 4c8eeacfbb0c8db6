import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test as anyTest } from "vitest";
import { bundled } from "../../support/bundled.ts";
import { noTmux, openTmux, type TmuxScreen } from "../../support/tmux.ts";

const test = anyTest.skipIf(noTmux() !== undefined);
const root = fileURLToPath(new URL("../../..", import.meta.url));
const program = async (): Promise<string> => `node ${await bundled(new URL("program.ts", import.meta.url))}`;
const asBefore = { otherScreen: false, cursor: true, mouse: false, wraps: true, keypad: false };

/** The program in a terminal that shows `before` above it, with its exit code told when it ends. */
async function begun(): Promise<{ terminal: TmuxScreen; pid: () => number }> {
  const terminal = openTmux();
  terminal.type(`cd ${root}; clear; echo before\n`);
  await terminal.until(/^before$/m);
  terminal.type(`${await program()}; echo "ended with $?"\n`);
  await terminal.until("80×24 is ours");
  expect(terminal.modes()).toEqual({ otherScreen: true, cursor: false, mouse: true, wraps: false, keypad: true });
  return { terminal, pid: () => terminal.childPid() };
}

/** The terminal is as it was: its screen, its modes, and a line that is echoed as it is typed. */
async function expectRestored(terminal: TmuxScreen, code: number): Promise<void> {
  const screen = await terminal.until(`ended with ${code}`);
  expect(screen).toMatch(/^before$/m);
  expect(screen).not.toContain("────");
  expect(terminal.modes()).toEqual(asBefore);
  terminal.type("echo $((40 + 2)) is the answer\n");
  const after = await terminal.until(/^42 is the answer/m);
  expect(after).toContain("$ echo $((40 + 2)) is the answer");
}

test("quit", async () => {
  const { terminal } = await begun();
  terminal.keys("q");
  await expectRestored(terminal, 0);
});

test.each<[NodeJS.Signals, number]>([
  ["SIGTERM", 143],
  ["SIGINT", 130],
  ["SIGQUIT", 131],
  ["SIGHUP", 129],
])("%s ends with its code", async (signal, code) => {
  const { terminal, pid } = await begun();
  process.kill(pid(), signal);
  await expectRestored(terminal, code);
});

test("an exception is told on the screen that was there before", async () => {
  const { terminal } = await begun();
  terminal.keys("x");
  await expectRestored(terminal, 1);
  expect(terminal.screen()).toContain("it failed loudly");
});

test("a warning of Node waits until the screen is put back", async () => {
  const { terminal } = await begun();
  terminal.keys("w");
  // The loop goes on after it, which the program tells a second later.
  await terminal.until("working: still");
  expect(terminal.screen()).not.toContain("something is odd");
  terminal.keys("q");
  await expectRestored(terminal, 0);
  expect(terminal.screen()).toContain("Warning: something is odd");
});

test("a terminal that is closed ends the program", async () => {
  const { terminal, pid } = await begun();
  const program = pid();
  terminal.hangUp();
  await expect.poll(() => isThere(program)).toBe(false);
});

function isThere(pid: number): boolean {
  try {
    // A zombie has ended, too.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}

test("Ctrl-Z and a SIGTSTP from elsewhere suspend, fg goes on where it was", async () => {
  const { terminal, pid } = await begun();
  const program = pid();
  for (const suspend of [
    () => {
      terminal.keys("C-z");
    },
    () => {
      process.kill(program, "SIGTSTP");
    },
  ]) {
    suspend();
    await terminal.until("Stopped");
    expect(terminal.modes()).toEqual(asBefore);
    terminal.type("clear; echo before; fg\n");
    await terminal.until("is ours");
    expect(terminal.modes().otherScreen).toBe(true);
    terminal.keys("k");
    await terminal.until(/keys: .*k$/m);
  }
  terminal.keys("q");
  await terminal.until((screen) => screen.includes("before") && !screen.includes("────"));
});

test("a size that changes is drawn anew, a paste is no keys, an Esc is one", async () => {
  const { terminal } = await begun();
  terminal.resize(40, 12);
  await terminal.until("40×12 is ours");
  terminal.paste("qx");
  await terminal.until("keys: paste");
  terminal.keys("Escape");
  await terminal.until("keys: paste escape");
});

test("a terminal that was lent comes back", async () => {
  const { terminal } = await begun();
  terminal.keys("l");
  await terminal.until(/^lent$/m);
  expect(terminal.modes()).toEqual(asBefore);
  terminal.type("hello\n");
  await terminal.until("is ours");
  terminal.keys("j");
  await terminal.until("keys: l j");
  terminal.keys("q");
  await terminal.until("got hello");
});

test.each([
  ["TERM=dumb", 'TERM is "dumb"'],
  ["TERM=", 'TERM is ""'],
])("%s is refused with a sentence", async (variable, why) => {
  const terminal = openTmux({ columns: 200 });
  terminal.type(`cd ${root}; ${variable} ${await program()}\n`);
  await terminal.until(why);
});
