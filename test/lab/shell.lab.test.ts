import { execFileSync } from "node:child_process";
import { readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import Create from "../../commands/create.ts";
import Start from "../../commands/start.ts";
import { pictlProgram } from "../support/cli.ts";
import { runCommand } from "../support/command.ts";
import { labObstacle, withLab } from "../support/lab.ts";

const obstacle = (await labObstacle()) ?? noTmux();

function noTmux(): string | undefined {
  try {
    execFileSync("tmux", ["-V"], { stdio: "ignore" });
    return undefined;
  } catch {
    return "needs tmux";
  }
}

describe.skipIf(obstacle !== undefined)("pictl shell on a real terminal", () => {
  const lab = withLab({ nodes: 2 });
  /** One for each test: a server that is just ending takes no new session. */
  let servers = 0;
  let server = "";
  /** Its size is tmux's matter, which takes a while to give it one. */
  const modes = "stty -a | sed 's/rows [0-9]*; columns [0-9]*;//'";
  const before = join(tmpdir(), `pictl-test-${String(process.pid)}-stty`);
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
  /** `name`: what the place calls itself. */
  const open = async (place: string, name = place): Promise<void> => {
    enter(`node ${pictlProgram} shell ${place} --config ${lab.status().dir}/config.json`);
    await seen(/[#$] $|[#$]\n*$/);
    enter("echo there-$(hostname)");
    await seen(`there-${name}`);
  };
  /** The exit code, and that the terminal is as it was. */
  const left = async (code: number): Promise<void> => {
    enter(`echo "left-$?"; ${modes} | diff - ${before} && echo as-it-was`);
    await seen(`left-${String(code)}\nas-it-was`);
  };

  beforeAll(async () => {
    const created = await runCommand(Create, [], lab.status().config);
    expect(created.code, created.stderr).toBe(0);
  });
  beforeEach(async () => {
    server = `pictl-test-${String(process.pid)}-${String(servers++)}`;
    tmux("-f", "/dev/null", "new-session", "-d", "-x", "80", "-y", "24", "bash --norc --noprofile");
    enter(`PS1="here: "; ${modes} > ${before}; echo re""ady`);
    await seen("ready");
    expect(await readFile(before, "utf8")).toContain("icanon");
  });
  afterEach(async () => {
    tmux("kill-server");
    await rm(before, { force: true });
  });

  const places: readonly [string, () => Promise<string>][] = [
    ["n1", () => Promise.resolve("n1")],
    ["web", () => lab.inside("n1", "docker exec web hostname")],
  ];

  test.each(places)(
    "%s has the terminal's size and follows it; Ctrl-C is the remote program's; the exit code is the shell's",
    async (place, name) => {
      await open(place, (await name()).trim());
      enter("stty size");
      await seen("24 80");
      tmux("resize-window", "-x", "100", "-y", "30");
      enter("until stty size | grep 30.100; do sleep 0.1; done");
      await seen("30 100");
      tmux("resize-window", "-x", "80", "-y", "24");
      // Only what is in the foreground is interrupted: it says itself when it is.
      enter("sh -c 'echo in-front-$((1+1)); exec sleep 1000'");
      await seen("in-front-2");
      tmux("send-keys", "C-c");
      enter("echo still-$?");
      await seen("still-130");
      enter("exit 7");
      await seen(/here: *\n*$/);
      await left(7);
    },
  );

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

  test("~. leaves a container, and nothing is left in it", async () => {
    const processes = (): Promise<string> => lab.inside("n1", "docker exec web ps -o args");
    await open("web", (await lab.inside("n1", "docker exec web hostname")).trim());
    enter("sleep 1234");
    await expect.poll(processes, { timeout: 60_000 }).toContain("sleep 1234");
    enter("");
    type("~.");
    await seen("web@n1: The connection was closed by `~.`.");
    await left(3);
    await expect.poll(processes, { timeout: 60_000 }).not.toContain("sleep 1234");
    expect((await processes()).match(/^sh$/gm)).toBeNull();
  });

  test("a node that dies is noticed, and the terminal is put back", async () => {
    await open("n2");
    await lab.kill("n2");
    try {
      await seen("The connection to the node was lost.");
      await left(3);
    } finally {
      await lab.start("n2");
    }
  });

  test("a container whose node dies, likewise", async () => {
    await runCommand(Start, ["clock"], lab.status().config);
    await open("clock", (await lab.inside("n2", "docker exec clock hostname")).trim());
    await lab.kill("n2");
    await seen("clock@n2: The connection to the node was lost.");
    await left(3);
  });
});
