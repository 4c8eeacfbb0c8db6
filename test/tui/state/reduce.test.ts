import { expect, test } from "vitest";
import { operations } from "../../../src/operations/index.ts";
import { specsOf } from "../../../src/tui/effects/specs.ts";
import { views } from "../../../src/tui/lists/index.ts";
import { keySpecs, keysFor } from "../../../src/tui/state/keys/keys.ts";
import { cursorRow, shownRows } from "../../../src/tui/state/screen/rows.ts";
import type { LogLine } from "../../../src/tui/state/types.ts";
import type { LiveJob } from "../../../src/watch/model.ts";
import { changed, container, startMs } from "../../watch/model.ts";
import { attic } from "../cluster.ts";
import { tui } from "../drive.ts";

const actions = specsOf(operations);
const containersView = () => tui({ actions }).press("2");
const ran = (shown: ReturnType<typeof tui>) => shown.effects.filter(({ kind }) => kind === "run");

test.each<[string, string[], string]>([
  ["down", ["j", "j"], "web@n1"],
  ["down and up", ["j", "j", "k"], "backup@n4"],
  ["the last", ["G"], "queue@n3"],
  ["the first", ["G", "g"], "db@n2"],
  ["beyond the end", ["G", "j", "down"], "queue@n3"],
  ["half a page, and nothing is deleted", ["C-d"], "queue@n3"],
])("moving: %s", (_what, keys, id) => {
  const shown = containersView().press(...keys);
  expect(cursorRow(shown.state)?.id).toBe(id);
  expect(shown.effects).toEqual([]);
});

test("the cursor stays on its row when the rows change their order", () => {
  const shown = containersView().press("G", "k");
  expect(cursorRow(shown.state)?.id).toBe("cache@n3");
  const down = container("cache", {
    labels: { "io.pictl.cluster": "attic", "io.pictl.container": "cache" },
    state: "exited",
    exitCode: 1,
  });
  shown.send({ kind: "model", model: attic([changed("n3", startMs + 5000, { cache: down })]) });
  expect(cursorRow(shown.state)?.id).toBe("cache@n3");
  expect(shown.screen()).toMatch(/▌✗ {2}cache/);
});

test("sorted rows stand as if they had been sorted at once, however the cluster has changed before", () => {
  const gone = [changed("n2", startMs + 5000, { db: undefined })];
  const order = (shown: ReturnType<typeof tui>) => shownRows(shown.state, "containers").map(({ id }) => id);
  const grown = containersView().press("o", "O");
  expect(order(grown)).toEqual(["web@n1", "web@n2", "queue@n3", "db@n2", "cache@n3", "backup@n4"]);
  for (const happened of [gone, [], gone]) grown.send({ kind: "model", model: attic(happened) });
  const fresh = tui({ actions, model: attic(gone) }).press("2", "o", "O");
  expect(order(grown)).toEqual(order(fresh));
  expect(order(grown.press("o"))).toEqual(order(fresh.press("o")));
});

test.each<[string, string, string[]]>([
  ["a word", "web", ["web@n1", "web@n2"]],
  ["two words", "web n2", ["web@n2"]],
  ["all others", "!web", ["db@n2", "backup@n4", "cache@n3", "queue@n3"]],
  ["a label", "-l zone=attic", ["cache@n3", "queue@n3"]],
  ["a state", "stopped", ["db@n2"]],
])("a filter: %s", (_what, filter, ids) => {
  const shown = containersView().press("/").type(filter).press("enter", "*");
  expect([...shown.state.lists.containers.marks].sort()).toEqual([...ids].sort());
});

test("Esc gives back the filter there was, then clears it, then the marks, then goes to Pulse, and never quits", () => {
  const shown = containersView().press("/").type("web").press("enter", "space", "/").type("x").press("escape");
  expect(shown.state.lists.containers.filter).toBe("web");
  shown.press("escape");
  expect(shown.state.lists.containers).toMatchObject({ filter: "", marks: new Set(["web@n1"]) });
  shown.press("escape");
  expect(shown.state.lists.containers.marks.size).toBe(0);
  shown.press("escape");
  expect(shown.state.view).toBe("pulse");
  shown.press("escape", "escape");
  expect(shown.effects).toEqual([]);
});

test("start acts at once, on what was marked", () => {
  const shown = containersView().press("space", "j", "space", "s");
  expect(ran(shown)).toEqual([
    { kind: "run", run: { operation: "container.start", input: { container: ["db@n2", "web@n1"] } } },
  ]);
});

test("stop asks, with No under the finger, and shows the command", () => {
  const shown = containersView().press("S");
  expect(shown.screen()).toContain("Stop db@n2?");
  expect(shown.screen()).toContain("pictl stop db@n2");
  expect(shown.screen()).toContain("[ No ]");
  shown.press("enter");
  expect(ran(shown)).toEqual([]);
  shown.press("S", "y");
  expect(ran(shown)).toEqual([
    { kind: "run", run: { operation: "container.stop", input: { container: ["db@n2"], confirm: true } } },
  ]);
});

test("the answer is about what was asked about, whatever the list does meanwhile", () => {
  const shown = containersView().press("S");
  shown.send({ kind: "model", model: attic([changed("n2", startMs + 5000, { db: undefined })]) });
  shown.press("y");
  expect(ran(shown)).toMatchObject([{ run: { input: { container: ["db@n2"] } } }]);
});

test("what a job asks is asked with the answer No, and waits while somebody types", () => {
  const shown = containersView().press("/").send({ kind: "asked", id: 7, question: "Delete db?" });
  expect(shown.state.overlay?.kind).toBe("filter");
  expect(shown.press("enter").screen()).toContain("Delete db?");
  shown.read().press("enter");
  expect(shown.effects).toEqual([{ kind: "answer", question: 7, yes: false }]);
  shown.effects = [];
  shown.send({ kind: "asked", id: 8, question: "Delete web?" }).read().press("tab", "enter");
  expect(shown.effects).toEqual([{ kind: "answer", question: 8, yes: true }]);
});

test("a paste is no keys; where one writes it is text, up to its first line", () => {
  const shown = containersView().send({ kind: "paste", text: "Dy\rq" });
  expect(shown.effects).toEqual([]);
  expect(shown.state.overlay).toBeUndefined();
  shown.press("/").send({ kind: "paste", text: "web\rq" });
  expect(shown.state.lists.containers.filter).toBe("web");
});

test.each(views)("--read-only: in %s no key, no help and no word of the palette changes anything", (view) => {
  const shown = tui({ actions, readOnly: true }).press(String(views.indexOf(view) + 1));
  const changing = keySpecs.filter(({ changes }) => changes);
  const gone = new Set(changing.flatMap(({ keys }) => keys));
  expect(keysFor(view, true).some(({ changes }) => changes)).toBe(false);
  for (const key of gone) {
    if (keysFor(view, true).some(({ keys }) => keys.includes(key))) continue;
    shown.press(key);
    expect(shown.state.overlay).toBeUndefined();
  }
  expect(shown.effects.filter(({ kind }) => kind !== "logs" && kind !== "logs-end")).toEqual([]);
  const help = shown.press("?");
  expect(help.state.overlay?.kind).toBe("help");
  expect(help.screen()).not.toMatch(/Delete|Stop them/);
  shown.press("escape", ":").type("delete db");
  expect(shown.screen()).not.toContain("Remove containers");
  shown.press("enter");
  expect(ran(shown)).toEqual([]);
});

test("the palette completes and runs commands as one types them elsewhere", () => {
  const shown = containersView().press(":").type("mov").press("tab");
  expect(shown.state.overlay).toMatchObject({ text: "move " });
  shown.type("web@n1 n").press("down", "tab");
  expect(shown.state.overlay).toMatchObject({ text: "move web@n1 n2 " });
  shown.type("--overlap").press("enter");
  expect(ran(shown)).toEqual([
    { kind: "run", run: { operation: "container.move", input: { container: "web@n1", node: "n2", overlap: true } } },
  ]);
});

test.each<[string, string]>([
  ["sotp web", "did you mean “stop”"],
  ["move web", "node is missing"],
  ["move web n2 --fast", "has no --fast"],
  ["stop 'web", "quote"],
])("the palette says what is wrong with %s", (text, why) => {
  const shown = containersView().press(":").type(text).press("enter");
  expect(shown.screen() + (shown.state.notice?.text ?? "")).toContain(why);
  expect(ran(shown)).toEqual([]);
});

test("a command that was chosen and not typed is shown before it runs", () => {
  const shown = containersView().press(":").type("sto").press("enter");
  expect(shown.state.overlay).toMatchObject({ kind: "palette", text: "stop " });
  expect(ran(shown)).toEqual([]);
});

test("! goes to the worst, Enter to the thing itself", () => {
  const shown = tui({ actions }).press("2", "!");
  expect(shown.state.view).toBe("pulse");
  shown.press("enter");
  expect(shown.state.view).toBe("nodes");
  expect(cursorRow(shown.state)?.id).toBe("n4");
});

test("Ctrl-K lists what the keys would run, and Enter copies one", () => {
  const shown = containersView().press("C-k");
  const screen = shown.screen();
  for (const line of ["pictl status", "pictl start db@n2", "pictl stop db@n2", "pictl shell db@n2"])
    expect(screen).toContain(line);
  shown.press("j", "enter");
  expect(shown.effects).toEqual([{ kind: "copy", text: "pictl start db@n2" }]);
});

test("a shows the plan first; Enter goes on from there, and nothing to do is nothing to press", () => {
  const shown = containersView().press("1", "a");
  const plan = { operation: "plan.show", input: {} };
  expect(ran(shown)).toEqual([{ kind: "run", run: plan }]);
  const answer = (steps: readonly object[]) => {
    const [asked] = ran(shown);
    if (asked?.kind !== "run") throw new Error("nothing was asked");
    shown.effects = [];
    shown.send({ kind: "answered", run: asked.run, result: { steps }, failures: [] }).read();
  };
  answer([]);
  expect(shown.screen()).toContain("Nothing to do: all is as the config says.");
  shown.press("enter", "escape");
  expect(ran(shown)).toEqual([]);
  const step = { kind: "create", container: "db", node: "n2", why: "missing", swap: null, data: [], leavesData: false };
  shown.press("a");
  answer([step]);
  expect(shown.screen()).toMatch(/create +db +n2[^]*Enter apply it/);
  shown.press("enter");
  expect(ran(shown)).toEqual([{ kind: "run", run: { operation: "plan.apply", input: { all: true } } }]);
});

const job: LiveJob = {
  id: "1",
  operation: "container.move",
  title: "move web n2",
  who: "ada",
  face: "tui",
  state: "running",
  startedAtMs: startMs,
  endedAtMs: null,
  progress: "pulling",
  failures: [],
};

/** Presses m on web@n1, and gives what will answer it. */
function moving() {
  const shown = containersView().press("/").type("web").press("enter", "g", "m");
  const [asked] = ran(shown);
  if (asked?.kind !== "run") throw new Error("nothing was asked");
  shown.effects = [];
  const result = {
    candidates: [
      { node: "n2", reason: null },
      { node: "n4", reason: "n4: It does not answer." },
    ],
  };
  const answer = () => shown.send({ kind: "answered", run: asked.run, result, failures: [] });
  return { shown, answer };
}

test("where a container can go is listed, with the reason for each node that cannot take it", () => {
  const { shown, answer } = moving();
  expect(shown.screen()).toContain("Looking where web@n1 can go…");
  answer().read();
  expect(shown.screen()).not.toContain("Looking where");
  expect(shown.screen()).toMatch(/Move web@n1 to[^]*● n2 {2}can take it[^]*✗ n4 {2}It does not answer\./);
  shown.press("enter");
  expect(ran(shown)).toMatchObject([{ run: { input: { container: "web@n1", node: "n2" } } }]);
});

test.each<[string, string[]]>([
  ["has gone back", ["escape"]],
  ["looks at another view", ["3"]],
  ["writes a filter", ["/"]],
  ["has asked for something else since", ["a"]],
])("an answer that comes when somebody %s opens nothing, so that no key of theirs moves a container", (_what, keys) => {
  const { shown, answer } = moving();
  shown.press(...keys);
  const { overlay } = shown.state;
  answer().read();
  expect(shown.state.overlay).toEqual(overlay);
  shown.type("hi").press("enter", "escape");
  expect(shown.state.overlay).toBeUndefined();
  expect(JSON.stringify(shown.effects)).not.toContain("container.move");
});

test("who only moves the cursor meanwhile gets the answer, about what was chosen", () => {
  const { shown, answer } = moving();
  shown.press("j");
  answer();
  expect(shown.screen()).toContain("Move web@n1 to");
});

test("a key that was on its way when a question opened by itself is no answer to it", () => {
  const shown = containersView().send({ kind: "asked", id: 7, question: "Delete db?" }).press("y");
  expect(shown.effects).toEqual([]);
  expect(shown.screen()).toContain("Delete db?");
  shown.read().press("y");
  expect(shown.effects).toEqual([{ kind: "answer", question: 7, yes: true }]);
});

test("what a command said waits while somebody types", () => {
  const shown = containersView().press("/").type("w");
  const run = { operation: "command.exec", input: {} };
  const nodes = [{ node: "n1", code: 0, stdout: "it is done", stderr: "" }];
  shown.send({ kind: "answered", run, result: { nodes }, failures: [] });
  expect(shown.screen()).not.toContain("it is done");
  expect(shown.type("e").press("enter").screen()).toContain("it is done");
});

test("J shows what was done, with why it failed, and x stops what runs", () => {
  const failed: LiveJob = {
    ...job,
    id: "0",
    title: "create db",
    state: "failed",
    endedAtMs: startMs + 500,
    failures: [{ code: "docker-failed", message: "No such image.", container: "db", node: "n2", hint: "Build it." }],
  };
  const shown = containersView()
    .send({ kind: "model", model: { ...attic(), jobs: [failed, job] } })
    .press("J");
  expect(shown.screen()).toContain("db@n2: No such image.");
  expect(shown.screen()).toContain("→ Build it.");
  shown.press("j", "x");
  expect(shown.effects).toEqual([]);
  shown.press("k", "x");
  expect(shown.effects).toEqual([{ kind: "cancel", job: "1" }]);
});

test("q leaves at once, and asks while something is being done", () => {
  const shown = containersView().press("q");
  expect(shown.effects).toEqual([{ kind: "quit" }]);
  const busy = containersView();
  busy.send({ kind: "model", model: { ...attic(), jobs: [job] } });
  expect(busy.screen()).toContain("move web n2: pulling 4 s");
  busy.press("q");
  expect(busy.effects).toEqual([]);
  expect(busy.screen()).toContain("1 job in hand (move web n2)");
  expect(busy.press("y").effects).toEqual([{ kind: "quit" }]);
});

const line = (text: string, second: number): LogLine => ({
  kind: "line",
  time: new Date(startMs + second * 1000).toISOString(),
  container: second % 2 ? "web" : "db",
  node: "n2",
  stream: "stdout",
  line: text,
});

function logs() {
  const shown = containersView().press("/").type("n2").press("enter", "*", "L");
  const reading = shown.state.logs.reading;
  return { shown, say: (...lines: LogLine[]) => shown.send({ kind: "log-lines", reading, lines }) };
}

test("logs: L reads those of all that is marked; lines follow, are searched, marked and saved", () => {
  const { shown, say } = logs();
  expect(shown.effects).toMatchObject([{ kind: "logs", of: ["db@n2", "web@n2"], tail: 200 }]);
  say(
    ...Array.from({ length: 100 }, (_, index) =>
      line(index % 10 === 0 ? `ERROR at ${index}` : `all well ${index}`, index),
    ),
  );
  expect(shown.screen()).toContain("all well 99");
  shown.press("/").type("error").press("enter");
  expect(shown.screen()).toContain("ERROR at 90");
  expect(shown.screen()).not.toContain("all well 99");
  shown.press("k", "z");
  expect(shown.screen()).toContain("all well 79");
  shown.press("n");
  expect(shown.screen()).toMatch(/▌.*ERROR at 90/);
  shown.press("z", "C-s");
  const saved = shown.effects.find(({ kind }) => kind === "save");
  expect(saved).toMatchObject({
    lines: expect.arrayContaining([expect.stringMatching(/db@n2 ERROR at 0$/)]) as unknown,
  });
});

test("logs: who scrolls up stays where they are, f goes on at the end", () => {
  const { shown, say } = logs();
  say(...Array.from({ length: 100 }, (_, index) => line(`line ${index}`, index)));
  shown.press("C-u", "C-u");
  const before = shown.screen();
  say(line("new", 101));
  expect(shown.screen().replace("101 lines", "100 lines")).toBe(before);
  shown.press("f");
  expect(shown.screen()).toContain("new");
});

test("logs: one line is 1 line", () => {
  const { shown, say } = logs();
  expect(shown.screen()).toContain("0 lines");
  say(line("alone", 1));
  expect(shown.screen()).toMatch(/, 1 line,/);
});

test("logs: digits mean since, and Esc goes back and ends the reading", () => {
  const { shown } = logs();
  shown.effects = [];
  shown.press("3");
  expect(shown.effects).toMatchObject([{ kind: "logs", sinceMs: shown.nowMs - 3_600_000 }]);
  shown.press("escape");
  expect(shown.state.view).toBe("containers");
  expect(shown.effects.at(-1)).toEqual({ kind: "logs-end" });
});

test("logs: no more than ten thousand lines are kept, and those of an earlier reading are not taken", () => {
  const { shown, say } = logs();
  for (let round = 0; round < 6; round += 1)
    say(...Array.from({ length: 2000 }, (_, index) => line(`x ${index}`, index)));
  expect(shown.state.logs.lines).toHaveLength(10_000);
  expect(shown.state.logs.dropped).toBe(2000);
  shown.send({ kind: "log-lines", reading: 0, lines: [line("late", 1)] });
  expect(shown.state.logs.lines).toHaveLength(10_000);
});

test("the mouse chooses a row, goes into it at the second press, and changes the view", () => {
  const shown = containersView();
  const at = (column: number, row: number) => shown.send({ kind: "mouse", action: "press", column, row });
  at(5, 5);
  expect(cursorRow(shown.state)?.id).toBe("web@n1");
  expect(shown.state.detail.focused).toBe(false);
  at(5, 5);
  expect(shown.state.detail.focused).toBe(true);
  at(28, 1);
  expect(shown.state.view).toBe("nodes");
});

test("every key has a sentence, and none has two meanings in one view", () => {
  for (const { help, label } of keySpecs) expect(help, label).toMatch(/\.$/);
  for (const view of views) {
    const keys = keysFor(view, false)
      .filter(({ group }) => view !== "logs" || group !== "move")
      .flatMap(({ keys: each }) => each);
    expect(keys.filter((key, index) => keys.indexOf(key) !== index)).toEqual([]);
  }
});
