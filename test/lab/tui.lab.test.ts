import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import Create from "../../commands/create.ts";
import { titles, views } from "../../src/tui/lists/index.ts";
import { runCommand } from "../support/command.ts";
import { hostileName, makeDockerLie } from "../support/hostile-docker.ts";
import { labObstacle, withLab } from "../support/lab.ts";
import { noTmux, openTmux, type TmuxScreen } from "../support/tmux.ts";

const program = fileURLToPath(new URL("../../bin/run.js", import.meta.url));
const obstacle = (await labObstacle()) ?? noTmux();

const slowLine = fileURLToPath(new URL("../support/slow-line.pl", import.meta.url));
/** As printf understands it. */
const hostile = String.raw`\033]0;hacked\007\033[2J\033[31m\302\233H‮evil`;
/** As printf understands it: every way to drive a terminal, and bytes that are no text. */
const driving = String.raw`\033]52;c;aGFja2Vk\007\033]0;hacked\007\033[2J\033[99;1H\033[31m\302\233H\233\342\200\256evil\033[6n\033Pq\033\\\\\033c\016\b\r`;
/** Jumps, colours, erasing, modes: what our screen is made of, and no more. */
// oxlint-disable-next-line eslint-js/no-control-regex -- control characters are the subject here
const ourSequences = /\x1b(?:\[\?[\d;]+[hl]|\[[\d;]*[HJKmr]|[78=>]|\(B)|\x18/g;
/** Whatever else makes a terminal do something, but for the ends of the shell's own lines. */
// oxlint-disable-next-line eslint-js/no-control-regex -- the same
const driver = /[\x00-\x09\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/;
const restored = { otherScreen: false, cursor: true, mouse: false, wraps: true, keypad: false };

const sizes = [
  [80, 24],
  [40, 12],
  [130, 36],
] as const;

/** The tests follow each other in one terminal, as a person would go on. */
describe.skipIf(obstacle !== undefined)("pictl tui on a lab", () => {
  const lab = withLab({ nodes: 3 });
  let terminal: TmuxScreen;
  /** An Esc that something follows at once would be another key. */
  const keys = async (...each: string[]): Promise<void> => {
    for (const key of each) {
      terminal.keys(key);
      if (key === "Escape") await new Promise((resolve) => setTimeout(resolve, 80));
    }
  };
  /** What has opened by itself takes no key before it can have been read. */
  const read = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 250));
  const seen = (shows: RegExp | string, timeoutMs = 40_000): Promise<string> => terminal.until(shows, timeoutMs);
  const begin = async (flags = ""): Promise<void> => {
    terminal.type(`node ${program} tui ${flags}; echo "ended with $?"\n`);
    await seen("1 Pulse");
  };
  const docker = (node: string, command: string): Promise<string> => lab.inside(node, `docker ${command}`);

  beforeAll(async () => {
    const { config, dir } = lab.status();
    const text = await readFile(config, "utf8");
    // An image that no registry of this world has.
    await writeFile(
      config,
      text.replace('{ "node": "n3" }', '{ "node": "n3", "broken": { "image": "127.0.0.1:1/none:1" } }'),
    );
    const created = await runCommand(Create, ["web", "clock"], config);
    expect(created.code, created.stderr).toBe(0);
    await lab.inside("n2", `rm -f /etc/os-release; printf 'PRETTY_NAME="${hostile}"\\n' >/etc/os-release`);
    terminal = openTmux({ columns: 130, rows: 36, env: { PICLUSTER_CONFIG: config }, lasts: true });
    terminal.type(`cd ${dir}; clear; echo before\n`);
    await seen(/^before$/m);
  });
  afterAll(() => {
    terminal.hangUp();
  });

  test("it starts with the rows of the config, and says what is wrong and which key helps", async () => {
    await begin();
    await seen("nodes 3/3");
    await seen("containers 2/3");
    await seen(/✗ {2}broken@n3 +missing.* c create/);
  });

  test("all nine views, each with its own", async () => {
    const contents = {
      pulse: "LAST EVENTS",
      containers: /● {2}web +n1 +running/,
      nodes: /● {2}n1 +up/,
      images: /web:latest +n1/,
      logs: "No log is read",
      events: "container.created",
      heartbeat: /web +n1/,
      vip: lab.status().subnet.replace(/\.0\/.*/, ".10"),
      config: /has no mistakes|warning/,
    };
    for (const [index, view] of views.entries()) {
      await keys(String(index + 1));
      const screen = await seen(contents[view]);
      expect(screen).toContain(titles[view]);
    }
  });

  test("filter, mark, stop and start what is marked", async () => {
    await keys("2", "/");
    terminal.type("!broken");
    await keys("Enter", "*", "S");
    await seen(/Stop (web@n1, clock@n2|clock@n2, web@n1)\?/);
    expect(terminal.screen()).toContain("[ No ]");
    await keys("Enter");
    await seen("Nothing was changed.");
    await keys("S", "y");
    await seen(/stop .*: done\./);
    expect(await docker("n1", "ps --format '{{.Names}}'")).toBe("");
    await seen(/○ {2}web +n1 +stopped/);
    await keys("s");
    await seen(/start .*: done\./);
    await seen(/● {2}web +n1 +running/);
    await seen(/● {2}clock +n2 +running/);
    await keys("Escape", "Escape");
    await seen(/broken +n3/);
  });

  test("an action that fails says why", async () => {
    await keys(":");
    terminal.type("create broken");
    await keys("Enter");
    await seen(/✗ create broken: broken@n3: .*registry/);
    await keys("J");
    await seen(/✗ create broken .*failed[^]*→/);
    await keys("Escape");
  });

  test("a: the plan first, and what comes of it is told; H checks now; V lists the candidates", async () => {
    await docker("n1", "rm --force web");
    await seen(/✗ {2}web +n1 +missing/);
    await keys("1", "a");
    await seen(/create +web +n1[^]*Enter apply it/);
    await read();
    await keys("Enter");
    await seen(/Apply.*\?|Do .*\?/);
    expect(terminal.screen()).toContain("[ No ]");
    await read();
    await keys("y");
    await seen(/✗ apply.*: broken@n3: /);
    expect(await docker("n1", "ps --format '{{.Names}}'")).toContain("web");
    await keys("7", "H");
    await seen(/IN A ROW[^]*web +n1 +tcp +ok/);
    await read();
    await keys("Escape", "8", "V");
    await seen(/Move .* to[^]*n1[^]*n2/);
    await keys("Escape", "2");
    await seen(/● {2}web +n1 +running/);
  });

  test("Ctrl-K shows the command that does the same, Enter copies it; Y copies the name", async () => {
    await keys("g", "C-k");
    await seen(/● pictl start broken@n3|pictl start broken@n3/);
    await keys("j", "Enter");
    await seen("Copied: pictl start broken@n3");
    expect(terminal.clipboard()).toBe("pictl start broken@n3");
    await keys("Y");
    await seen("Copied: broken@n3");
    await expect.poll(() => terminal.clipboard()).toBe("broken@n3");
  });

  test("the mouse chooses, goes in, changes the view, and is let go with M", async () => {
    terminal.mouse("press", 5, 4);
    await seen(/^▌● {2}web/m);
    terminal.mouse("wheel-down", 5, 4);
    await seen(/^▌● {2}clock/m);
    terminal.mouse("press", 28, 1);
    await seen(/NODE +STATE +RUN/);
    await keys("M");
    await expect.poll(() => terminal.modes().mouse).toBe(false);
    await keys("M");
    await expect.poll(() => terminal.modes().mouse).toBe(true);
  });

  test("nothing that a node says drives the terminal, in no size", async () => {
    await keys("3", "x");
    await seen("Run on n1");
    terminal.type(`printf '${hostile}\\nsecond line\\n'`);
    await keys("Enter");
    const page = await seen(/^ {3}second line/m);
    expect(page).toContain(String.raw`\x1b]0;hacked\x07\x1b[2J`);
    await read();
    await keys("Escape");
    for (const [columns, rows] of sizes) {
      terminal.resize(columns, rows);
      await seen(/● {2}n2 +up/);
    }
    await seen(/n2 .*\\x1b/);
    expect(terminal.title()).not.toContain("hacked");
  });

  test("logs of several containers: followed, searched, marked, saved; a hostile line is text", async () => {
    await keys("1", "2", "*", "L");
    await seen(/clock@n2 +.*tick/);
    await docker("n2", String.raw`exec clock sh -c 'printf "\033]0;hacked\007\033[2J\033[31mNEEDLE\n" >/proc/1/fd/1'`);
    await seen(String.raw`\x1b]0;hacked\x07\x1b[2J\x1b[31mNEEDLE`);
    expect(terminal.screen()).toContain("1 Pulse");
    await keys("/");
    terminal.type("needle");
    await keys("Enter");
    await terminal.until((screen) => screen.includes("NEEDLE") && !screen.includes("tick 1 "));
    await keys("m");
    await seen(/──── \d\d:\d\d:\d\d ────/);
    await keys("C-s");
    const [, path = ""] = /are in (pictl-logs-\S+\.txt)/.exec(await seen(/lines are in pictl-logs-/)) ?? [];
    expect(await readFile(join(lab.status().dir, path), "utf8")).toContain("NEEDLE");
    await keys("Escape", "f");
    await seen("stands still");
    await keys("Escape");
    await seen(/1 Pulse[^]*broken +n3/);
    await keys("\\");
  });

  test("a shell in a container and on its node, and back", async () => {
    await keys("1", "2", "/");
    terminal.type("clock");
    await keys("Enter", "e");
    await seen("A shell on clock@n2");
    await seen(/[#$]\s*$/);
    terminal.type("echo here-$((6 * 7))\n");
    await seen("here-42");
    terminal.type("exit\n");
    await seen(/1 Pulse[^]*clock +n2/);
    await keys("Escape", "3", "/");
    terminal.type("n3");
    await keys("Enter", "e");
    await seen("A shell on n3");
    await seen(/[#$]\s*$/);
    terminal.type("hostname; exit\n");
    await seen(/1 Pulse[^]*n3 +up/);
    await keys("Escape");
  });

  test("move: the candidates with the reason why not, and then it is there", async () => {
    await lab.inside("n1", "true");
    await keys("C");
    await seen(/node (cordon|uncordon) n\d: done/);
    await keys("2", "/");
    terminal.type("clock");
    await keys("Enter", "m");
    await seen(/Move clock@n2 to[^]*cordoned/);
    expect(terminal.screen()).toMatch(/● n\d +can take it/);
    await read();
    await keys("Enter");
    await seen(/move clock(@n2)? n\d: done/);
    await seen(/● {2}clock +n[13] +running/);
    await keys("Escape", "3", "C");
    await seen(/node uncordon n\d: done/);
  });

  test("a node that dies: its rows age, the others go on; when it is back, so are they", async () => {
    await keys("2");
    await seen(/● {2}web +n1 +running/);
    await lab.kill("n1");
    const aged = /\? {2}web +n1 +running\?.* seen (\d+) s ago/;
    const [, age = ""] = aged.exec(await seen(aged)) ?? [];
    await terminal.until((screen) => Number(aged.exec(screen)?.[1]) > Number(age));
    await seen("nodes 2/3");
    await seen(/✗ n1: silent for/);
    await keys("3");
    await seen(/✗ {2}n1 +silent/);
    expect(terminal.screen()).toMatch(/● {2}n2 +up/);
    await lab.start("n1");
    await seen("nodes 3/3");
    await keys("2");
    // Docker starts nothing by itself there.
    await seen(/✗ {2}web +n1 +stopped/);
  });

  test("smaller and smaller, a paste, and a slow terminal's Ctrl-Z", async () => {
    await keys("2");
    terminal.resize(80, 24);
    await seen(/^1 Pulse 2 Containers/m);
    terminal.resize(40, 12);
    await terminal.until((screen) => screen.includes("NAME") && !screen.includes("3 Nodes"));
    expect(terminal.screen()).toMatch(/^ 2 Containers +3\/3 up/m);
    terminal.resize(39, 12);
    await seen("Make the terminal larger");
    terminal.resize(130, 36);
    await seen("1 Pulse  2 Containers");
    terminal.paste("Dy\nq");
    await seen("Pasted text is not taken for keys.");
    await keys("C-z");
    await seen("Stopped");
    expect(terminal.modes().otherScreen).toBe(false);
    terminal.type("fg\n");
    await seen("1 Pulse  2 Containers");
    await keys("q");
    await seen(/^before$/m);
    expect(terminal.modes()).toEqual(restored);
  });

  test("on a line of 4 kB/s keys are answered, and the terminal is put back", async () => {
    terminal.type(`clear; perl ${slowLine} 4000 node ${program} tui; echo "over with $?"\n`);
    await seen(/nodes 3\/3[^]*NODES/);
    await keys("2");
    await seen(/^▌✗ {2}\w/m);
    const begun = performance.now();
    await keys("G");
    await seen(/^▌● {2}\w/m);
    expect(performance.now() - begun).toBeLessThan(3000);
    await keys("q");
    await seen("over with 0");
    expect(terminal.modes()).toEqual(restored);
  });

  test.each<[NodeJS.Signals, number]>([
    ["SIGTERM", 143],
    ["SIGHUP", 129],
    ["SIGINT", 130],
    ["SIGQUIT", 131],
  ])("%s ends it with its code, connections open, and puts the terminal back", async (signal, code) => {
    terminal.type("clear\n");
    await begin();
    await seen("nodes 3/3");
    process.kill(terminal.childPid(), signal);
    await seen(`ended with ${code}`);
    expect(terminal.screen()).not.toContain("1 Pulse");
    expect(terminal.modes()).toEqual(restored);
  });

  test("a fault of its own ends it with 1, which is told on the screen that was there before", async () => {
    const fault = join(lab.status().dir, "fault.mjs");
    await writeFile(fault, `process.once("SIGUSR2", () => setImmediate(() => { throw new Error("a fault"); }));`);
    terminal.type(`clear; export NODE_OPTIONS=--import=${fault}\n`);
    await begin();
    await seen("nodes 3/3");
    process.kill(terminal.childPid(), "SIGUSR2");
    const screen = await seen("ended with 1");
    expect(screen).toContain("a fault");
    expect(screen).not.toContain("1 Pulse");
    expect(terminal.modes()).toEqual(restored);
    terminal.type("unset NODE_OPTIONS\n");
  });

  test("a terminal that is closed ends it, in the middle of a log that is followed", async () => {
    const other = openTmux({ columns: 130, rows: 36, env: { PICLUSTER_CONFIG: lab.status().config } });
    other.type(`exec node ${program} tui\n`);
    await other.until("nodes 3/3", 40_000);
    other.keys("2", "*", "L");
    await other.until("follows", 40_000);
    const pid = other.pid();
    other.hangUp();
    await expect.poll(() => existsSync(`/proc/${pid}`), { timeout: 10_000 }).toBe(false);
  });

  test("--read-only: nothing changes anything, in no view", async () => {
    terminal.type("clear\n");
    await begin("--read-only");
    await seen("read-only   nodes 3/3");
    const before = await docker("n1", "ps --all --format '{{.ID}} {{.Names}} {{.State}}'");
    const asks = /\[ No \]|Move .* to|Pull which|Run on/;
    for (const view of ["1", "2", "3", "4", "6", "7", "8", "9"]) {
      await keys(view, ..."s S r c b p m D a C V e x X".split(" "));
      await seen("Nothing can be changed: this is --read-only.");
      expect(terminal.screen()).not.toMatch(asks);
    }
    // There, some of the keys do something else.
    await keys("5", ..."s S r c b p D a C V e x X".split(" "));
    expect(await seen("No log is read")).not.toMatch(asks);
    expect(await docker("n1", "ps --all --format '{{.ID}} {{.Names}} {{.State}}'")).toBe(before);
    await keys("q");
    await seen("ended with 0");
  });

  test("a node that lies about names, labels, health, itself and its logs sends no byte of its own to the terminal", async () => {
    const raw = join(lab.status().dir, "raw");
    const { cluster } = JSON.parse(await readFile(lab.status().config, "utf8")) as { cluster: string };
    await lab.inside(
      "n1",
      String.raw`set -e; docker start web; docker tag web ${hostileName}:latest
        docker run --detach --name ${hostileName} --label io.pictl.cluster=${cluster} --label any=${hostileName} \
          --label io.pictl.container=${hostileName} --health-interval 1s --health-retries 1 \
          --health-cmd "printf '${driving}'; exit 1" ${hostileName}
        # An event by its name would make us look for a container that this node's Docker does not have.
        while [ "$(docker inspect --format '{{.State.Health.Status}}' ${hostileName})" != unhealthy ]; do sleep 0.1; done
        printf '${driving}' >/proc/sys/kernel/hostname
        docker exec web sh -c "printf '${driving}NEEDLE\\n' >/proc/1/fd/1"`,
    );
    const undo = await makeDockerLie(lab, "n1");
    terminal.type("clear\n");
    await seen(/^\$ *$/m);
    terminal.record(raw);
    await begin();
    await seen("nodes 3/3");
    const shown = String.raw`\x1b]52;c;aGFja2Vk`;
    for (const [index, view] of views.entries()) {
      await keys(String(index + 1));
      await seen(titles[view]);
    }
    await keys("4");
    await seen(shown);
    // The container, its details, events and config, as JSON, the command that does the same.
    await keys("2", "/");
    terminal.type("evil");
    await keys("Enter");
    await seen(shown);
    await keys("Enter", "]", "]", "y");
    await seen(/"container": ".*x1b/);
    await read();
    await keys("Escape", "C-k");
    await seen(/pictl .*\\x1b/);
    await read();
    await keys("Escape", "Escape", "Escape", "/");
    terminal.type("web");
    await keys("Enter", "L");
    await seen(/x1b\[6n.*NEEDLE/);
    for (const [columns, rows] of sizes) {
      terminal.resize(columns, rows);
      await keys("w", "t");
      await seen(/listens on[^]*aGFja2Vk/);
    }
    await keys("q");
    await seen("ended with 0");
    await undo();
    const sent = new TextDecoder("utf-8", { fatal: true }).decode(await readFile(raw));
    expect(sent.replaceAll(ourSequences, "").match(driver)).toBeNull();
    // One of the node's that looks like ours, but for a line that the terminal does not have.
    expect(sent).not.toContain("\x1b[99;1H");
    expect(terminal.title()).not.toContain("hacked");
    expect(terminal.modes()).toEqual(restored);
  });
});
