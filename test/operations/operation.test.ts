import { expect, test } from "vitest";
import type { Ask } from "../../src/app/ports.ts";
import { commandLine } from "../../src/operations/command-line.ts";
import type { RunContext } from "../../src/operations/context.ts";
import type { OpenCluster } from "../../src/app/ports.ts";
import * as field from "../../src/operations/fields.ts";
import { operationOf } from "../../src/operations/index.ts";
import { operation } from "../../src/operations/operation.ts";

/** An operation that does nothing but tell what it got. */
const probe = operation(
  {
    id: "probe.run",
    command: "probe",
    args: ["container"],
    route: "POST /probe",
    role: "viewer",
    changes: true,
    summary: "Tell what was asked for.",
    button: "Probe",
    asks: "Always.",
    output: "status",
    streams: "lines",
    exclusive: [["overlap", "copyVolumes"]],
    needs: { copyVolumes: "container" },
    input: {
      container: field.list("Containers."),
      all: field.flag("All."),
      overlap: field.flag("Overlap."),
      copyVolumes: field.flag("Copy."),
      check: field.flag("Check first.", true),
      wait: field.secondsOr(0, "Wait.", { min: 0, max: 10 }),
      confirm: field.confirm(),
    },
  },
  async ({ ask, rows }, input) => {
    await rows.row({ line: "one" });
    const agreed = await ask.confirm("Really?", "Say `confirm: true`.");
    return { result: { inputs: [input], agreed }, failures: [] };
  },
);

const nothing = {} as OpenCluster;
const asking = (confirm: Ask["confirm"]): RunContext =>
  ({ ...nothing, ask: { confirm, text: confirm, hidden: confirm } }) as unknown as RunContext;

test("what is left out has its default, and rows that nobody takes are in the result", async () => {
  const { result } = await probe.run(nothing, { confirm: true });
  expect(result).toEqual({
    inputs: [{ container: [], all: false, overlap: false, copyVolumes: false, check: true, wait: 0, confirm: true }],
    agreed: true,
    lines: [{ line: "one" }],
  });
});

test.each([
  [{ contaner: [] }, '`.*there is no field "contaner"; did you mean "container"\\?'],
  [{ container: "web" }, "`container` is not as expected: a list of texts"],
  [{ container: [""] }, "`container` is not as expected: text"],
  [{ wait: "5" }, "`wait` is not as expected: seconds, a whole number from 0 to 10"],
  [{ wait: 11 }, "seconds, a whole number from 0 to 10"],
  [{ overlap: true, copyVolumes: true, container: ["a"] }, "`overlap` and `copyVolumes` cannot be said together"],
  [{ copyVolumes: true }, "`copyVolumes` needs `container`"],
  [[], "expected an object of fields"],
  ["web", "expected an object of fields"],
])("%j is refused with what was expected", async (input, message) => {
  await expect(probe.run(nothing, input)).rejects.toMatchObject({
    code: "usage",
    message: expect.stringMatching(message.replace(/^`\.\*/, "")) as string,
  });
});

test("the value of a field is never in a refusal, as it may be a secret", async () => {
  const refusal = probe.run(nothing, { container: [{ password: "canary" }], wait: "canary" });
  await expect(refusal).rejects.toMatchObject({ message: expect.not.stringContaining("canary") as string });
});

test("a question is a failure with its text, and is agreed to by it or by true", async () => {
  await expect(probe.run(nothing, {})).rejects.toMatchObject({
    code: "confirmation-missing",
    message: "Really?",
    hint: "Say `confirm: true`.",
  });
  await expect(probe.run(nothing, { confirm: ["Another one?"] })).rejects.toMatchObject({
    code: "confirmation-missing",
    message: "Really?",
  });
  expect((await probe.run(nothing, { confirm: ["Really?"] })).result).toMatchObject({ agreed: true });
});

test("who is there is asked, unless the answer came with the input", async () => {
  const no = asking(async () => false);
  expect((await probe.run(no, {})).result).toMatchObject({ agreed: false });
  expect((await probe.run(no, { confirm: true })).result).toMatchObject({ agreed: true });
});

test.each([
  [{ container: ["web", "db@n2"], wait: 5 }, "pictl probe web db@n2 --wait 5"],
  [{ all: true, confirm: true }, "pictl probe --yes"],
  [{ container: ["it's"], check: false, overlap: false }, "pictl probe 'it'\\''s' --no-check"],
  [{ container: ["-x"], copyVolumes: true }, "pictl probe --copy-volumes -- -x"],
])("%j is a command line", (input, line) => {
  expect(commandLine(probe, input)).toBe(line);
});

test("all are meant only when that is said", async () => {
  const start = operationOf("container.start");
  const context = { ...nothing, config: { placements: [], nodes: [] } } as unknown as RunContext;
  await expect(start?.run(context, {})).rejects.toMatchObject({
    code: "usage",
    message: "Nothing says which containers are meant.",
  });
  await expect(start?.run(context, { all: true, container: ["web"] })).rejects.toMatchObject({ code: "usage" });
});
