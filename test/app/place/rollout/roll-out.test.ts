import { expect, test } from "vitest";
import { rollOut } from "../../../../src/app/place/rollout/roll-out.ts";
import { PictlError } from "../../../../src/domain/errors.ts";
import type { InOrder, Wave } from "../../../../src/domain/place/rollout.ts";
import { placement } from "../../../fakes/config.ts";

const ports = { concurrency: 16, signal: new AbortController().signal };

function wave(container: string, after: readonly string[], ...nodes: readonly string[]): Wave<InOrder> {
  return {
    container,
    after,
    batches: nodes.map((node) => [{ placement: placement(container, node), disturbs: true }]),
  };
}

/** Rolls out, where `broken` fail; tells in which order the work began and ended, and what is told of the rest. */
async function rolled(waves: readonly Wave<InOrder>[], broken: readonly string[] = []) {
  const seen: string[] = [];
  const { results, failures } = await rollOut(ports, waves, {
    stopped: (_, { placement: { node } }) => (node === "unready" ? "the image of it is not ready" : undefined),
    work: async ({ placement: { container, node } }) => {
      const name = `${container}@${node}`;
      seen.push(`> ${name}`);
      await new Promise((resolve) => setTimeout(resolve, 5));
      seen.push(`< ${name}`);
      if (broken.includes(name)) throw new PictlError("gate-failed", "The new container ended.");
      return name;
    },
  });
  return {
    seen,
    results,
    failures: failures.map(({ code, container, node, message }) => [code, `${container ?? ""}@${node ?? ""}`, message]),
  };
}

test("one copy after the other; another container at the same time", async () => {
  const { seen, results } = await rolled([wave("web", [], "n1", "n2"), wave("db", [], "n1")]);
  expect(seen.filter((each) => each.includes("web"))).toEqual(["> web@n1", "< web@n1", "> web@n2", "< web@n2"]);
  expect(seen.indexOf("> db@n1")).toBeLessThan(seen.indexOf("< web@n1"));
  expect(results).toEqual(["web@n1", "web@n2", "db@n1"]);
});

test("the first failure of a container stops its rollout, and what comes after it", async () => {
  const waves = [wave("web", ["db"], "n1"), wave("db", [], "n1", "n2", "n3"), wave("cache", [], "n1")];
  const { seen, results, failures } = await rolled(waves, ["db@n2"]);
  expect(seen).not.toContain("> db@n3");
  expect(seen).not.toContain("> web@n1");
  expect(results).toEqual(["db@n1", "cache@n1"]);
  expect(failures).toEqual([
    ["rollout-stopped", "web@n1", "Not touched: it comes after db, which did not come up."],
    ["gate-failed", "db@n2", "The new container ended."],
    ["rollout-stopped", "db@n3", "Not touched: the rollout stopped at db@n2, which failed."],
  ]);
});

test("what is not ready is not begun", async () => {
  const { seen, failures } = await rolled([wave("web", [], "unready")]);
  expect(seen).toEqual([]);
  expect(failures).toEqual([["rollout-stopped", "web@unready", "Not touched: the image of it is not ready."]]);
});
