import { expect, it } from "vitest";
import { type BuildFacts, planBuild } from "../../../src/domain/build/plan.ts";
import { imageFacts } from "../../fakes/facts.ts";

const flags = { noCache: false, pull: false, force: false };
const same = imageFacts({ tags: ["web:latest"], labels: { "io.pictl.context": "sha256:1" } });
const facts: BuildFacts = { image: "web", images: [same], context: "sha256:1", rebuildUnseen: false };

it.each([
  ["the same files", facts, flags, { build: false, reason: "up to date" }],
  ["no image", { ...facts, images: [] }, flags, { build: true, reason: "not on the node yet" }],
  [
    "only another tag",
    { ...facts, images: [{ ...same, tags: ["web:old", "x/web:latest"] }] },
    flags,
    { build: true, reason: "not on the node yet" },
  ],
  ["other files", { ...facts, context: "sha256:2" }, flags, { build: true, reason: "its folder changed" }],
  [
    "an image without our label",
    { ...facts, images: [{ ...same, labels: {} }] },
    flags,
    { build: true, reason: "the image there is not pictl's" },
  ],
  ["--force", facts, { ...flags, force: true }, { build: true, reason: "--force" }],
  ["--no-cache", facts, { ...flags, noCache: true }, { build: true, reason: "--no-cache" }],
  ["--pull", facts, { ...flags, pull: true }, { build: true, reason: "--pull" }],
  [
    "the node's own folder, image there",
    { ...facts, context: undefined },
    flags,
    { build: false, reason: "is there, from the node's own folder" },
  ],
  [
    "the node's own folder, image missing",
    { ...facts, context: undefined, images: [] },
    flags,
    { build: true, reason: "not on the node yet" },
  ],
  [
    "the node's own folder, asked for",
    { ...facts, context: undefined, rebuildUnseen: true },
    flags,
    { build: true, reason: "from the node's own folder" },
  ],
])("%s", (_name, given, chosen, plan) => {
  expect(planBuild(given, chosen)).toEqual(plan);
});
