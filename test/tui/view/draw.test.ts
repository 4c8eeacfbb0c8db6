import { expect, test } from "vitest";
import { operations } from "../../../src/operations/index.ts";
import { specsOf } from "../../../src/tui/effects/specs.ts";
import { lists, views } from "../../../src/tui/lists/index.ts";
import { draw } from "../../../src/tui/view/index.ts";
import { lineWidth } from "../../../src/tui/view/spans.ts";
import type { Model } from "../../../src/watch/model.ts";
import { config, node, placement } from "../../fakes/config.ts";
import { answered, changed, container, looked, lost, modelOf, startMs, state } from "../../watch/model.ts";
import { attic, unknown } from "../cluster.ts";
import { tui } from "../drive.ts";

const actions = specsOf(operations);
const sizes = [
  [80, 24],
  [160, 50],
  [40, 12],
] as const;

for (const [columns, rows] of sizes) {
  test.each(views)(`%s at ${columns}×${rows}`, async (view) => {
    const shown = tui({ columns, rows, actions }).press(String(views.indexOf(view) + 1));
    await expect(shown.screen()).toMatchFileSnapshot(`golden/${view}-${columns}x${rows}.txt`);
  });
}

test("every size between is drawn whole, and no line is wider than the terminal", () => {
  for (let columns = 1; columns <= 200; columns += 27) {
    for (let rows = 1; rows <= 60; rows += 11) {
      for (const key of ["1", "2", "3", "5", "7", "8", "9"]) {
        const shown = tui({ columns, rows, actions }).press(key);
        const lines = draw(shown.state);
        expect(lines).toHaveLength(rows);
        if (columns >= 40) expect(Math.max(...lines.map(lineWidth))).toBeLessThanOrEqual(columns);
        shown.press("?").screen();
      }
    }
  }
});

test("what is too small says how large it must be", () => {
  expect(tui({ columns: 39, rows: 12 }).screen()).toContain("40×10 at");
});

test("before anybody has answered, the rows are those of the config", () => {
  const shown = tui({ columns: 80, rows: 24, model: unknown() });
  expect(shown.screen()).toContain("Looking at the nodes…");
  expect(shown.screen()).toContain("no data yet");
  expect(shown.press("2").screen()).toMatch(/\? {2}web +n1 +…/);
});

test("what a silent node last told is shown as old, with its age", () => {
  const model = attic([lost("n2", startMs + 3500)]);
  const shown = tui({ columns: 160, model }).press("2");
  shown.nowMs = startMs + 120_000;
  shown.send({ kind: "tick" });
  expect(shown.screen()).toMatch(/\? {2}web +n2 +running\? .*seen 2 min ago/);
  expect(shown.screen()).toMatch(/● {2}web +n1 +running /);
});

test("data that is older than three looks is told in red", () => {
  const shown = tui();
  const age = (): unknown => draw(shown.state)[0]?.find(({ text }) => text.startsWith("data "));
  expect(age()).toMatchObject({ text: "data 3 s old ", tone: "dim" });
  shown.nowMs = startMs + 30_000;
  shown.send({ kind: "tick" });
  expect(age()).toMatchObject({ text: "data 29 s old ", tone: "bad" });
});

test("what is down stands above what is only odd, whatever its node", () => {
  const from = config({ nodes: [node("n1"), node("n2")], placements: [placement("web", "n1"), placement("db", "n2")] });
  const model = modelOf(from, [
    ...["n1", "n2"].map((name) => answered(name, startMs)),
    looked("n1", startMs, state([container("old"), container("web")])),
    looked("n2", startMs, state([])),
  ]);
  const screen = tui({ model }).press("2").screen();
  expect(screen).toMatch(/✗ {2}db +n2 +missing[^]*\+ {2}old +n1 +stray[^]*● {2}web +n1 +running/);
});

test("when all is well one sentence says so", () => {
  const from = config({ nodes: [node("n1")], placements: [placement("web", "n1")] });
  const running = container("web", { state: "running" });
  const model = modelOf(from, [answered("n1", startMs), looked("n1", startMs, state([running]))]);
  const screen = tui({ model }).screen();
  expect(screen).toContain("✓ Everything is as it should be: 1 container on 1 node.");
  expect(screen).toContain("nodes 1/1   containers 1/1");
});

test("every list that is empty says so, with the key that helps", () => {
  const model = modelOf(config({ nodes: [node("n1")] }), [answered("n1", startMs), looked("n1", startMs, state([]))]);
  for (const list of Object.values(lists)) expect(list.empty(model)).toMatch(/[.…]$/);
});

test("a filter that matches nothing says how to get rid of it", () => {
  expect(tui().press("2", "/").type("nowhere").screen()).toContain(
    "Nothing of 6 matches “nowhere”. Esc clears the filter.",
  );
});

test("no meaning is in a colour alone: each state has a sign and a word of its own", () => {
  const screen = tui({ columns: 80 }).press("2").screen();
  expect(screen).toMatch(/✗ {2}db +n2 +stopped/);
  expect(screen).toMatch(/● {2}web +n1 +running/);
  expect(screen).toMatch(/\? {2}backup +n4 +\?/);
});

test("names and messages of a node can neither drive the terminal nor shift a line", () => {
  const hostile = "\x1b]0;gone\x07\x1b[2J漢字\u202Eevil\r\n\tx";
  const from = config({ nodes: [node(hostile)], placements: [placement("web", hostile)] });
  const model: Model = modelOf(from, [
    answered(hostile, startMs, { probe: { ...answeredProbe, os: hostile } }),
    looked(hostile, startMs, state([container("web", { state: "exited", image: hostile })])),
    {
      kind: "events",
      atMs: startMs,
      events: [{ time: hostile, type: hostile, who: hostile, node: hostile, error: hostile, cause: hostile }],
    },
  ]);
  for (const view of views) {
    for (const columns of [80, 160]) {
      const screen = tui({ model, columns })
        .press(String(views.indexOf(view) + 1), "d")
        .screen();
      // oxlint-disable-next-line eslint-js/no-control-regex -- control characters are the subject here
      expect(screen.replaceAll("\n", "")).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e]/);
    }
  }
});

const answeredProbe = (answered("x", 0) as Extract<ReturnType<typeof answered>, { kind: "node-answered" }>).probe;

test("what is written is seen at its end, where one writes", () => {
  const shown = tui({ columns: 40, rows: 12, actions }).press(":").type("exec 'journalctl -u docker -n 100' --node n1");
  const line = shown.screen().split("\n").at(-2);
  expect(line).toMatch(/^ :….*docker -n 100' --node n1$/);
});

test("a list that goes on says so", () => {
  const more = Object.fromEntries(
    ["a", "b", "c"].map((name) => [
      name,
      container(name, { labels: { "io.pictl.cluster": "attic", "io.pictl.container": name } }),
    ]),
  );
  const grown = [changed("n3", startMs + 1000, more)];
  const shown = tui({ columns: 80, rows: 10, actions, model: attic(grown) }).press("2");
  expect(shown.screen()).toMatch(/NAME.*↓ \d more$/m);
});

test.each([
  ["4", "web:latest on n1"],
  ["6", "container.create-failed queue@n3"],
])("the detail of view %s is named in words where it is all there is to see", (view, name) => {
  const shown = tui({ columns: 80, rows: 24, actions }).press(view, "d");
  expect(shown.screen().split("\n")[2]).toContain(name);
});
