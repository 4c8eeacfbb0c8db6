import type { Placement } from "../config/types.ts";
import { inherit } from "../container/inherit.ts";
import type { ContainerFacts, ImageDeclares } from "../docker/facts.ts";
import { checkOf } from "../place/gate.ts";
import { chooseSwap, type Swap } from "../place/swap.ts";
import { type Basis, basisOf } from "./basis.ts";
import { imageId } from "./images.ts";
import { stepId } from "./step-id.ts";
import type { PlanInput, PlanStep } from "./types.ts";
import type { How } from "./wanted.ts";

/** A place of the layout, and what is to be done about it. */
export interface Planned {
  readonly placement: Placement;
  /** That make its image ready on its node. */
  readonly images: readonly PlanStep[];
  readonly step: PlanStep;
  /** A copy of it serves now, and will not for a while if this goes wrong. */
  readonly disturbs: boolean;
}

/** What a step wants: the config's entry, and the image, where no other step sees to it. */
export function wantedBasis(input: PlanInput, placement: Placement, images: readonly PlanStep[]): Basis {
  return {
    config: input.wish(placement).digest ?? "unknown",
    ...(images.length === 0 ? { image: imageId(input, placement) } : {}),
  };
}

/** `old`: the container of another name whose place it takes. */
export function containerStep(
  input: PlanInput,
  placement: Placement,
  {
    how,
    images,
    old,
  }: { readonly how: How; readonly images: readonly PlanStep[]; readonly old?: ContainerFacts | undefined },
): PlanStep {
  const { container, node } = placement;
  const kind = how.does as Exclude<How["does"], "nothing">;
  const there = input.states.get(node)?.containers ?? [];
  const facts = there.find(({ name }) => name === container) ?? old;
  const replaced = kind === "replace" ? facts : undefined;
  const declares = replaced && declaresOf(input, placement, replaced);
  return {
    id: stepId(kind, placement),
    kind,
    container,
    node,
    ...(old ? { renames: old.name } : {}),
    why: how.why,
    data: replaced ? leftBy(placement, replaced, declares) : [],
    after: [],
    swap: replaced ? swapOf(input, placement, { old: replaced, declares }).kind : null,
    basis: { ...basisOf(facts), ...wantedBasis(input, placement, images) },
  };
}

/** Of the image that it will run, or as long as the node does not have that, of the one that it runs. */
function declaresOf(input: PlanInput, placement: Placement, old: ContainerFacts): ImageDeclares | undefined {
  const image = imageId(input, placement);
  return input.declares(placement.node, image === "none" ? old.imageId : image);
}

function swapOf(
  { config }: PlanInput,
  placement: Placement,
  { old, declares }: { readonly old: ContainerFacts; readonly declares: ImageDeclares | undefined },
): Swap {
  return chooseSwap({ placement, old, check: checkOf(config, placement), declares });
}

/** Volumes without a name that the new copy has no place for. */
function leftBy(placement: Placement, old: ContainerFacts, declares: ImageDeclares | undefined): readonly string[] {
  const { left } = inherit(placement.args, { volumes: old.volumes, declared: declares?.volumes });
  return left.map(
    ({ name, target }) => `what it has at ${target} stays in the volume ${name}, which nothing uses then`,
  );
}
