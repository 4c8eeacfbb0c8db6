import { execFileSync } from "node:child_process";
import { readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { labObstacle, withLab } from "../support/lab.ts";

const root = new URL("../..", import.meta.url).pathname;
const obstacle = (await labObstacle({ docker: false })) ?? noTmux();

function noTmux(): string | undefined {
  try {
    execFileSync("tmux", ["-V"], { stdio: "ignore" });
    return undefined;
  } catch {
    return "needs tmux";
  }
}

describe.skipIf(obstacle !== undefined)("pictl shell on a real terminal", () => {
  const lab = withLab({ nodes: 2, docker: false });
  const server = `pictl-test-${String(process.pid)}`;
  const before = join(tmpdir(), `${server}-stty`);
  const tmux = (...args: string[]): string => execFileSync("tmux", ["-L", server, ...args], { encoding: "utf8" });
  const type = (text: string): void => {
    tmux("send-keys", "-l", text);
  };
  const enter = (text: string): void => {
    type(text);
    tmux("send-keys", "Enter");
  };
  const screen = (): string => tmux("capture-pane", "-p", "-S", "-");
  const seen = (text: string | RegExp): Promise<unknown> =>
    expect.poll(screen, { timeout: 90_000, interval: 200 }).toMatch(text);
  const open = async (node: string): Promise<void> => {
    enter(`node ${root}bin/dev.js shell ${node} --config ${lab.status().dir}/config.json`);
    await seen(/[#$] $|[#$]\n*$/);
    enter("echo there-$(hostname)");
    await seen(`there-${node}`);
  };
  /** The exit code, and that the terminal is as it was. */
  const left = async (code: number): Promise<void> => {
    enter(`echo "left-$?"; stty -a | diff - ${before} && echo as-it-was`);
    await seen(`left-${String(code)}\nas-it-was`);
  };

  beforeEach(async () => {
    tmux("-f", "/dev/null", "new-session", "-d", "-x", "80", "-y", "24", "bash --norc --noprofile");
    enter(`PS1="here: "; stty -a > ${before}; echo re""ady`);
    await seen("ready");
    expect(await readFile(before, "utf8")).toContain("icanon");
  });
  afterEach(async () => {
    tmux("kill-server");
    await rm(before, { force: true });
  });

  test("has the terminal's size and follows it; Ctrl-C is the remote program's; the exit code is the shell's", async () => {
    await open("n1");
    enter("stty size");
    await seen("24 80");
    tmux("resize-window", "-x", "100", "-y", "30");
    enter("sleep 0.3; stty size");
    await seen("30 100");
    tmux("resize-window", "-x", "80", "-y", "24");
    enter("sleep 1000");
    tmux("send-keys", "C-c");
    enter("echo still-$?");
    await seen("still-130");
    enter("exit 7");
    await seen(/here: *\n*$/);
    await left(7);
  });

  test("~. leaves, and what the program did to the screen is undone", async () => {
    await open("n1");
    enter("printf '\\033[?1049h\\033[?25l'; echo on-the-other-$((1+1)); sleep 1000");
    await seen("on-the-other-2");
    enter("");
    type("~.");
    await seen("The connection was closed by `~.`.");
    expect(tmux("display-message", "-p", "#{alternate_on} #{cursor_flag}").trim()).toBe("0 1");
    await left(3);
  });

  test("a node that dies is noticed, and the terminal is put back", async () => {
    await open("n2");
    await lab.kill("n2");
    await seen("The connection to the node was lost.");
    await left(3);
  });
});
