import { expect, test } from "vitest";
import type { PictlEvent } from "../../../src/domain/events/event.ts";
import { eventLine } from "../../../src/view/service/log.ts";

const plain = { colour: false, width: Infinity };
// Local time is shown; this is the same moment wherever the test runs.
const time = new Date(2026, 0, 31, 10, 5, 9).toISOString();
const line = (parts: Partial<PictlEvent>): string =>
  eventLine({ time, type: "container.started", who: "root@here", ...parts }, plain);

test.each([
  [
    { node: "n1", container: "web", before: "exited", after: "running", cause: "pictl start", durationMs: 850 },
    "2026-01-31 10:05:09  container.started        web@n1        exited → running  (850 ms)  root@here: pictl start\n",
  ],
  [
    { type: "command.executed", after: { command: "true", ok: 2, failed: 0 } },
    "2026-01-31 10:05:09  command.executed         -             command: true, ok: 2, failed: 0  root@here\n",
  ],
  [
    { type: "image.build-failed", node: "n1", error: "Step 2 failed.\nmore" },
    "2026-01-31 10:05:09  image.build-failed       n1            Step 2 failed.  root@here\n",
  ],
  [
    { container: "web", before: "running", after: null },
    "2026-01-31 10:05:09  container.started        web           running → null  root@here\n",
  ],
  [
    { after: `\u001b[2J${"x".repeat(200)}` },
    `2026-01-31 10:05:09  container.started        -             \\x1b[2J${"x".repeat(96)}…  root@here\n`,
  ],
])("%j", (parts, text) => {
  expect(line(parts)).toBe(text);
});

test("on a terminal that is too narrow, the second half stands below, in whole words", () => {
  const error = "n1 does not answer, here or to n2 and n3";
  const event = { time, type: "heartbeat.failed", who: "root@here", cause: "pictl daemon", error };
  expect(eventLine({ ...event, container: "web", node: "n1" }, { colour: false, width: 60 })).toBe(
    [
      "2026-01-31 10:05:09  heartbeat.failed         web@n1",
      "    n1 does not answer, here or to n2 and n3",
      "    root@here: pictl daemon",
      "",
    ].join("\n"),
  );
  expect(eventLine({ ...event, error: "refused" }, { colour: false, width: 70 })).toBe(
    "2026-01-31 10:05:09  heartbeat.failed         -\n    refused  root@here: pictl daemon\n",
  );
});

test("a time that is none is shown as it is", () => {
  expect(line({ time: "yesterday\u001b[2J" })).toMatch(/^yesterday\\x1b\[2J /);
});
