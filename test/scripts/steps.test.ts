import { expect, test } from "vitest";
import { runStages, type Step } from "../../scripts/test/steps.ts";

const step = (name: string, command: string, live = true): Step => ({ name, command, live });

async function run(...stages: readonly (readonly Step[])[]): Promise<{ isWhole: boolean; lines: string[] }> {
  const lines: string[] = [];
  const again = (files: readonly string[]): Step => step("again", `echo ${files.join(" and ")}; ${files.at(-1) ?? ""}`);
  const isWhole = await runStages(stages, again, (line) => lines.push(line.replace(/\d+ s(?=$|\.| {2}the)/, "N s")));
  return { isWhole, lines };
}

test("each line says whose it is, and what is not live comes with the end", async () => {
  const { isWhole, lines } = await run([step("quick", "echo one; echo two >&2", false)], [step("then", "echo three")]);
  expect({ isWhole, lines }).toEqual({
    isWhole: true,
    lines: [
      "quick  one",
      "quick  two",
      "quick  is done, after N s.",
      "then   three",
      "then   is done, after N s.",
      "",
      "quick  ok         N s",
      "then   ok         N s",
    ],
  });
});

test("a failure is told once, at the end; the others go on, and the next stage is not begun", async () => {
  const { isWhole, lines } = await run(
    [step("bad", "echo seen; echo the reason >&2; exit 3"), step("good", "sleep 0.5; echo fine")],
    [step("later", "echo never")],
  );
  expect({ isWhole, lines }).toEqual({
    isWhole: false,
    lines: [
      "bad    seen",
      "bad    failed; what it says comes at the end.",
      "good   fine",
      "good   is done, after N s.",
      "",
      "== bad failed ==",
      "the reason",
      "",
      "bad    FAILED     N s",
      "good   ok         N s",
      "later  not run, since bad failed",
    ],
  });
});

test("steps of a stage run at once", async () => {
  const pipe = `/tmp/pictl-steps-${String(process.pid)}`;
  const waits = (name: string, line: string): Step => step(name, `mkfifo ${pipe} 2>/dev/null; ${line}`);
  // Each waits for the other.
  const { isWhole } = await run([waits("reads", `cat ${pipe}; rm ${pipe}`), waits("writes", `echo here >${pipe}`)]);
  expect(isWhole).toBe(true);
});

test.each([
  ["true", true, "ok    "],
  ["false", false, "FAILED"],
])("what had no processor runs again alone, after all else (%s)", async (program, whole, word) => {
  const { isWhole, lines } = await run(
    [step("timed", `echo ${program} >$TEST_TOO_BUSY; exit 1`)],
    [step("then", "echo on")],
  );
  expect(isWhole).toBe(whole);
  expect(lines.slice(0, 4)).toEqual([
    "timed  failed since the machine was too busy; it runs again alone.",
    "then   on",
    "then   is done, after N s.",
    `again  ${program}`,
  ]);
  expect(lines).toContain(`timed  again      N s  the machine was too busy for ${program}`);
  expect(lines.at(-1)).toBe(`again  ${word}     N s`);
});

test("where anything failed otherwise, nothing runs again", async () => {
  const { isWhole, lines } = await run([step("timed", "echo true >$TEST_TOO_BUSY; exit 1"), step("bad", "exit 1")]);
  expect(isWhole).toBe(false);
  expect(lines.join("\n")).not.toContain("\nagain");
});
