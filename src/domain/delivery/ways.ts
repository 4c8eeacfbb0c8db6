import type { BuildPlan } from "../build/plan.ts";

/** A node that wants an image which is built here, or that could give it. */
export interface ImageNode {
  readonly node: string;
  /** `uname -m`; undefined where nobody knows. */
  readonly machine: string | undefined;
  /** It wants the image: the layout places it there, and somebody asked for it. */
  readonly wants: boolean;
  /** Whether its own Docker lacks it, and why. */
  readonly plan: BuildPlan;
}

/** How a node comes by its image. */
export type Way =
  | { readonly do: "nothing"; readonly reason: string }
  | { readonly do: "build"; readonly reason: string }
  | {
      readonly do: "deliver";
      readonly reason: string;
      /** The node that has it, or is about to build it; null: it lies on this machine. */
      readonly from: string | null;
    };

export interface WaysInput {
  /** In the order of the layout. */
  readonly nodes: readonly ImageNode[];
  /** Nodes that the config names as builders, in its order; they are among `nodes`. */
  readonly builders: readonly string[];
  /** Whether this machine has the image for such a node. */
  readonly stored: (machine: string) => boolean;
  /** The folder was read here, so that two images of it are the same; else each node builds from a folder of its own. */
  readonly isSeen: boolean;
}

/**
 * How each node that wants an image gets it: it is built once for each kind of machine, and the others are given what was built.
 * A builder that wants no image itself is among them where it has to build. Pure.
 */
export function waysOf({ nodes, builders, stored, isSeen }: WaysInput): ReadonlyMap<string, Way> {
  const ways = new Map<string, Way>();
  const wanting = nodes.filter(({ wants }) => wants);
  for (const { node, plan } of wanting) if (!plan.build) ways.set(node, { do: "nothing", reason: plan.reason });
  const kinds = new Map<string, ImageNode[]>();
  for (const each of wanting.filter(({ plan }) => plan.build)) {
    const kind = isSeen && each.machine !== undefined ? each.machine : `only ${each.node}`;
    kinds.set(kind, [...(kinds.get(kind) ?? []), each]);
  }
  for (const [kind, missing] of kinds) {
    const same = nodes.filter(({ machine }) => machine === kind);
    const source = same.find(({ plan }) => !plan.build);
    const builder =
      builders.map((name) => same.find(({ node }) => node === name)).find((each) => each !== undefined) ?? missing[0];
    if (isSeen && stored(kind)) for (const each of missing) ways.set(each.node, given(each, null));
    else if (source) for (const each of missing) ways.set(each.node, given(each, source.node));
    else if (builder) {
      ways.set(builder.node, { do: "build", reason: builder.plan.reason });
      for (const each of missing) if (each !== builder) ways.set(each.node, given(each, builder.node));
    }
  }
  return ways;
}

function given({ plan }: ImageNode, from: string | null): Way {
  return { do: "deliver", reason: plan.reason, from };
}
