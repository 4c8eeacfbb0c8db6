import pMap from "p-map";
import { lookWithin } from "../../../app/kit/observe/looking.ts";
import type { ContainerFacts } from "../../../domain/docker/facts.ts";
import { stillKnown } from "../../../domain/docker/known.ts";
import { PictlError } from "../../../domain/errors.ts";
import { timeLimit } from "../../../abort.ts";
import type { NodeFeed } from "../feed.ts";
import type { Pending } from "./pending.ts";

/** Thousands of containers, each asked about, from a small machine. */
const allWithinMs = 120_000;
const askedAtOnce = 4;

export interface Looks {
  /** Looks at everything. `afresh`: also at what Docker's list of containers does not tell, for each of them. */
  atAll(options: { readonly afresh: boolean }): Promise<void>;
  /** Looks at what events have named. */
  atChanged(pending: Pending): Promise<void>;
  /** The container that has this id, as it was last seen. */
  readonly nameOf: (id: string) => string | undefined;
}

/** Looks at a node's Docker, and tells what is there. Both reject when it does not answer. */
export function openLooks({ ports, board, node }: NodeFeed): Looks {
  const { clock, signal } = ports;
  /** When each container was asked for everything, by its id; what was found is in the model. */
  let askedAt = new Map<string, number>();
  let byId = new Map<string, ContainerFacts>();
  const remember = (containers: readonly ContainerFacts[], fresh: (facts: ContainerFacts) => boolean): void => {
    const now = clock.monotonic();
    askedAt = new Map(containers.map((facts) => [facts.id, fresh(facts) ? now : (askedAt.get(facts.id) ?? -Infinity)]));
    byId = new Map(containers.map((facts) => [facts.id, facts]));
  };
  return {
    nameOf: (id) => byId.get(id)?.name,
    async atAll({ afresh }) {
      // A Docker that hangs is found out by what takes a healthy one no time.
      const [info, images, marks] = await lookWithin(ports, node.name, async (limit) => {
        const engine = await ports.engines.on(node, limit);
        return Promise.all([engine.info(), engine.images(), engine.stopMarks()]);
      });
      const reused = new Set<string>();
      const limit = timeLimit(clock, allWithinMs, signal);
      try {
        const engine = await ports.engines.on(node, limit.signal);
        const containers = await engine.containers((listed) => {
          const facts = afresh ? undefined : byId.get(listed.id);
          const ageMs = clock.monotonic() - (askedAt.get(listed.id) ?? -Infinity);
          const known = facts && stillKnown({ facts, ageMs }, listed);
          if (known) reused.add(listed.id);
          return known;
        });
        remember(containers, ({ id }) => !reused.has(id));
        const found = { containers, images, marks };
        board.tell({ kind: "docker-looked", node: node.name, found, info, atMs: clock.now() });
      } catch (error) {
        if (!limit.expired()) throw error;
        throw new PictlError("timeout", `Docker did not tell within ${String(allWithinMs / 1000)} s what it has.`, {
          node: node.name,
          hint: `\`pictl doctor ${node.name}\` looks closer.`,
          cause: error,
        });
      } finally {
        limit.dispose();
      }
    },
    async atChanged({ names, images, marks }) {
      await lookWithin(ports, node.name, async (limit) => {
        const engine = await ports.engines.on(node, limit);
        const [containers, newImages, newMarks] = await Promise.all([
          pMap(names, async (name) => [name, await engine.container(name)] as const, { concurrency: askedAtOnce }),
          images ? engine.images() : undefined,
          marks ? engine.stopMarks() : undefined,
        ]);
        const now = clock.monotonic();
        for (const [id, { name }] of byId) if (names.has(name)) byId.delete(id);
        for (const [, facts] of containers) {
          if (!facts) continue;
          byId.set(facts.id, facts);
          askedAt.set(facts.id, now);
        }
        board.tell({
          kind: "docker-changed",
          node: node.name,
          containers: new Map(containers),
          ...(newImages ? { images: newImages } : {}),
          ...(newMarks ? { marks: newMarks } : {}),
          atMs: clock.now(),
        });
      });
    },
  };
}
