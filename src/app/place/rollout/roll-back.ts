import type { Placement } from "../../../domain/config/types.ts";
import { generationOf } from "../../../domain/container/copies/ownership.ts";
import { labels } from "../../../domain/docker/labels.ts";
import type { ContainerFacts } from "../../../domain/docker/facts.ts";
import { type Failure, hintedFurther, PictlError, toFailure } from "../../../domain/errors.ts";
import { noHistory, recordsOf } from "../../../domain/history/records.ts";
import { restored } from "../../history/restored.ts";
import { act, type Done } from "../../kit/act.ts";
import { nodeOf } from "../../kit/observe/observer.ts";
import type { Ports } from "../../ports.ts";
import { type PlaceOptions, replaceOrMake } from "../index.ts";

/** A copy that was replaced, in a rollout that then stopped. */
export interface Replaced extends PlaceOptions {
  readonly config: Parameters<typeof replaceOrMake>[1]["config"];
  readonly placement: Placement;
  /** As it was before. */
  readonly facts: ContainerFacts | undefined;
  readonly fromFile: Parameters<typeof replaceOrMake>[1]["fromFile"];
  readonly stillLocked: () => Promise<void>;
}

/**
 * Puts the version of before back in the place of a copy that was replaced already, since the rollout stopped after it. The
 * config keeps saying what is wanted. Resolves to the failure that tells so, or that it could not be done.
 */
export async function rollBackOne(ports: Ports, replaced: Replaced, { node: failed = "?" }: Failure): Promise<Failure> {
  const { placement } = replaced;
  const { container, node } = placement;
  try {
    await act(ports, { verb: "put back", container, node }, (step) => putBack(ports, { ...replaced, step }));
    return toFailure(
      new PictlError(
        "rollout-stopped",
        `Put back as it was: the rollout stopped at ${container}@${failed}, which failed.`,
        {
          container,
          node,
          hint: "When that is put right, say it again.",
        },
      ),
    );
  } catch (error) {
    const failure = toFailure(error, { container, node });
    return hintedFurther(
      { ...failure, message: `It has the new version, and could not be put back: ${failure.message}` },
      `\`pictl rollback ${container}@${node}\` tries again.`,
    );
  }
}

async function putBack(
  ports: Ports,
  replaced: Replaced & { readonly step: Parameters<typeof replaceOrMake>[1]["step"] },
): Promise<Done> {
  const { config, placement, facts } = replaced;
  const { container, node } = placement;
  const engine = await ports.engines.on(nodeOf(config, node), ports.signal);
  const known = recordsOf((await ports.history.read()) ?? noHistory, placement);
  const record = known.find(({ generation }) => facts && generation === generationOf(facts));
  if (!record) {
    throw new PictlError("unknown-container", "This machine does not remember what it was before.", {
      container,
      node,
    });
  }
  const { entry, image } = restored(placement, record, await engine.images());
  const before: Placement = {
    ...withoutCommand(placement),
    args: entry.args,
    ...(entry.command ? { command: entry.command } : {}),
    image,
    build: image === undefined ? placement.build : undefined,
    env: { ...keptOf(placement.env, entry.hidden), ...entry.env },
  };
  return replaceOrMake(ports, {
    ...replaced,
    placement: before,
    facts: await engine.container(container),
    // As it was, so that it differs from the config.
    digest: facts?.labels[labels.digest] ?? record.digest,
    plan: "replace",
  });
}

function keptOf(env: Readonly<Record<string, string>>, names: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(env).filter(([name]) => names.includes(name)));
}

function withoutCommand({ command: _, ...rest }: Placement): Omit<Placement, "command"> {
  return rest;
}
