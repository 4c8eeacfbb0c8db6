import { expect, test } from "vitest";
import { pullMissing } from "../../../../src/app/place/prepare/image.ts";
import type { Connection, Engine, Outcome, Ports } from "../../../../src/app/ports.ts";
import { type Command, render } from "../../../../src/domain/shell.ts";
import { config, node, placement } from "../../../fakes/config.ts";
import { imageFacts } from "../../../fakes/facts.ts";
import { noImageStore } from "../../../fakes/image-store.ts";

const ports = {
  signal: new AbortController().signal,
  progress: { warn: () => undefined },
  imageStore: noImageStore,
} as unknown as Ports;
const rest = { stdout: "", stderr: "", truncated: false, durationMs: 1 };

/** Makes the image ready on a node that has `tags`, where a pull ends as `end`; resolves to what was run there. */
async function prepared(image: string, tags: readonly string[], end: Outcome): Promise<readonly string[]> {
  const runs: string[] = [];
  const connection = {
    node: "n2",
    privilege: () => Promise.resolve({ root: true, docker: true, sudo: false }),
    run: (command: Command) => {
      runs.push(render(command));
      return Promise.resolve(end);
    },
  } as unknown as Connection;
  const engine = {
    images: () => Promise.resolve([imageFacts({ tags })]),
    info: () => Promise.resolve({ architecture: "x86_64" }),
  } as unknown as Engine;
  const own = placement("web", "n2", { image });
  await pullMissing(ports, {
    config: config({ nodes: [node("n2")], placements: [own] }),
    placement: own,
    connection,
    engine,
    say: () => undefined,
  });
  return runs;
}

test.each([
  ["nginx", ["nginx:latest"], []],
  ["registry.lab:5000/team/app", ["registry.lab:5000/team/app:latest"], []],
  ["nginx:1.27", ["nginx:1.27"], []],
  ["nginx", ["nginx:1.27"], ["docker image pull nginx:latest"]],
])("%s where the target has %j", async (image, tags, expected) => {
  expect(await prepared(image, tags, { ...rest, status: "ok", code: 0 })).toEqual(expected);
});

test("a pull that fails is told in the words of `pull`", async () => {
  const stderr = "Error response from daemon: manifest for nginx:9 not found: manifest unknown: manifest unknown\n";
  await expect(prepared("nginx:9", [], { ...rest, stderr, status: "failed", code: 1 })).rejects.toMatchObject({
    code: "image-missing",
    node: "n2",
  });
});
