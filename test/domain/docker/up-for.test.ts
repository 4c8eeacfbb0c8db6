import { expect, test } from "vitest";
import { upForMs } from "../../../src/domain/docker/up-for.ts";

test.each([
  ["Up Less than a second", 0],
  ["Up 1 second", 1000],
  ["Up 59 seconds (health: starting)", 59_000],
  ["Up About a minute", 60_000],
  ["Up 45 minutes (Paused)", 2_700_000],
  ["Up About an hour", 3_600_000],
  ["Up 3 weeks", 1_814_400_000],
  ["Exited (0) 3 seconds ago", undefined],
  ["Restarting (1) 3 seconds ago", undefined],
  ["Created", undefined],
  ["Up", undefined],
])("%s", (words, ms) => {
  expect(upForMs(words)).toBe(ms);
});
