import { expect, test } from "vitest";
import { lookWithin } from "../../../../src/app/kit/observe/looking.ts";
import { PictlError } from "../../../../src/domain/errors.ts";

/** Sleeps end at once: for whoever waits, the time has passed. */
const late = { now: () => 0, monotonic: () => 0, sleep: () => Promise.resolve() };
const early = { ...late, sleep: () => new Promise<void>(() => undefined) };
const running = new AbortController().signal;

test("a node that never answers is given up, and named", async () => {
  const look = lookWithin({ clock: late, signal: running }, "n2", () => new Promise(() => undefined));
  await expect(look).rejects.toMatchObject({
    code: "timeout",
    node: "n2",
    message: "The node did not tell within 15 s how it is.",
  });
});

test("what the look says is passed on, and so is an interruption", async () => {
  const ports = { clock: early, signal: running };
  expect(await lookWithin(ports, "n2", () => Promise.resolve("well"))).toBe("well");
  const denied = new PictlError("docker-denied", "No.");
  await expect(lookWithin(ports, "n2", () => Promise.reject(denied))).rejects.toBe(denied);
  const stop = new AbortController();
  const look = lookWithin({ clock: early, signal: stop.signal }, "n2", () => new Promise(() => undefined));
  stop.abort(denied);
  await expect(look).rejects.toBe(denied);
});
