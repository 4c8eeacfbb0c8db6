/** What of a candidate is waited for. */
import { expect, test } from "vitest";
import type { Connection, Outcome } from "../../../../src/app/ports.ts";
import { newSight, observe } from "../../../../src/app/vip/observe/observe.ts";
import { render } from "../../../../src/domain/shell.ts";
import { oneCandidate, portsTo } from "../../../fakes/vip.ts";

/** A candidate that is probed at once, and whose ping ends when somebody says so. */
function candidate() {
  const ended = (stdout: string): Outcome => ({
    ...{ status: "ok", code: 0, stdout },
    ...{ stderr: "", truncated: false, durationMs: 1 },
  });
  let endPing = (): void => undefined;
  const ping = new Promise<Outcome>((resolve) => {
    endPing = () => {
      resolve(ended("reaches 10.0.0.1\nend\n"));
    };
  });
  const run: Connection["run"] = (command) =>
    render(command).includes("10.0.0.1") ? ping : Promise.resolve(ended("device\ncarrier\nend\n"));
  const ports = portsTo({ run });
  const look = (waitsForPings: boolean) => {
    const sight = newSight({ waitsForPings });
    const watched = oneCandidate({ slave: "10.0.0.1" });
    return () => observe(ports, watched, { sight, timeoutMs: 1000 });
  };
  return { look, endPing };
}

test("a renewal waits for no ping; the next look sees what it said", async () => {
  const { look, endPing } = candidate();
  const next = look(false);
  expect(await next()).toMatchObject({ n1: { state: "answers", reaches: {} } });
  endPing();
  await new Promise((resolve) => void setImmediate(resolve));
  expect(await next()).toMatchObject({ n1: { reaches: { "10.0.0.1": true } } });
});

test("where there is no next look, the pings are waited for", async () => {
  const { look, endPing } = candidate();
  const seen = look(true)();
  endPing();
  expect(await seen).toMatchObject({ n1: { reaches: { "10.0.0.1": true } } });
});
