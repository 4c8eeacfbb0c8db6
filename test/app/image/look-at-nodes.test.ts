/** Which nodes are asked what they have of an image that is built here. */
import { expect, test } from "vitest";
import { lookAtNodes } from "../../../src/app/image/look-at-nodes.ts";
import type { Observer } from "../../../src/app/kit/observe/observer.ts";
import { PictlError } from "../../../src/domain/errors.ts";
import { imageFacts } from "../../fakes/facts.ts";

/** n1 wants the image of this folder, n2 may have it; both have what was built from `has`, if anything. */
async function asked({ context, has }: { readonly context: string | undefined; readonly has?: string }) {
  const order: string[] = [];
  const labels = { "io.pictl.context": has ?? "" };
  const images = (node: string) => {
    order.push(node);
    return Promise.resolve(has === undefined ? [] : [imageFacts({ tags: ["web:latest"], labels })]);
  };
  const observe = {
    images,
    imagesSoon: images,
    machine: (node: string) => Promise.resolve(`machine of ${node}`),
  } as Partial<Observer> as Observer;
  const { seen } = await lookAtNodes(observe, {
    ...{ image: "web", context, wanting: ["n1"], others: ["n2"], rebuildUnseen: false },
    flags: { noCache: false, pull: false, force: false },
  });
  return { order, seen: seen.map(({ node, wants, before, machine }) => [node, wants, before, machine]) };
}

test("others are asked for what somebody lacks", async () => {
  expect(await asked({ context: "new", has: "old" })).toEqual({
    order: ["n1", "n2"],
    seen: [
      ["n1", true, "old", "machine of n1"],
      ["n2", false, "old", "machine of n2"],
    ],
  });
  expect((await asked({ context: "new" })).order).toEqual(["n1", "n2"]);
});

test("nobody has to be asked for what nobody lacks, or nobody but the node can build", async () => {
  expect(await asked({ context: "same", has: "same" })).toEqual({
    order: ["n1"],
    seen: [["n1", true, "same", undefined]],
  });
  expect((await asked({ context: undefined })).order).toEqual(["n1"]);
});

test("who wants it and cannot be asked is a failure, anybody else is left out", async () => {
  const gone = () => Promise.reject(new PictlError("node-unreachable", "It does not answer."));
  const observe = { images: gone, imagesSoon: gone } as Partial<Observer> as Observer;
  const looked = (wanting: readonly string[], others: readonly string[]) =>
    lookAtNodes(observe, {
      ...{ image: "web", context: "new", wanting, others, rebuildUnseen: false },
      flags: { noCache: false, pull: false, force: false },
    });
  expect(await looked(["n1"], ["n2"])).toMatchObject({
    seen: [],
    failures: [{ code: "node-unreachable", node: "n1", container: "web" }],
  });
});
