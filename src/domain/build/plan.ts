import { imageNamed } from "../container/drift/drift.ts";
import { labels } from "../docker/labels.ts";
import type { ImageFacts } from "../docker/facts.ts";

export interface BuildFlags {
  readonly noCache: boolean;
  readonly pull: boolean;
  readonly force: boolean;
}

/** Whether to build, and why; the reason is shown to people. */
export interface BuildPlan {
  readonly build: boolean;
  readonly reason: string;
}

export interface BuildFacts {
  readonly image: string;
  /** What the node has. */
  readonly images: readonly ImageFacts[];
  /** Digest of the controller's folder; undefined when the node's own folder is used, which nobody has seen. */
  readonly context: string | undefined;
  /** Build from the node's own folder although there is an image of that name. */
  readonly rebuildUnseen: boolean;
}

/** Skips a node whose image was built from the same context, unless a flag asks for more than the context decides. */
export function planBuild(facts: BuildFacts, flags: BuildFlags): BuildPlan {
  const found = imageNamed(facts.images, facts.image);
  if (!found) return { build: true, reason: "not on the node yet" };
  if (flags.force) return { build: true, reason: "--force" };
  if (flags.noCache) return { build: true, reason: "--no-cache" };
  if (flags.pull) return { build: true, reason: "--pull" };
  if (facts.context === undefined) {
    return facts.rebuildUnseen
      ? { build: true, reason: "from the node's own folder" }
      : { build: false, reason: "is there, from the node's own folder" };
  }
  const builtFrom = found.labels[labels.context];
  if (builtFrom === facts.context) return { build: false, reason: "up to date" };
  return { build: true, reason: builtFrom === undefined ? "the image there is not pictl's" : "its folder changed" };
}
