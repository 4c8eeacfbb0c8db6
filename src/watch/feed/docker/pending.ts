import type { EngineEvent } from "../../../domain/docker/facts.ts";

/** What events have named, until somebody looks at it. */
export interface Pending {
  /** Names of containers. */
  readonly names: ReadonlySet<string>;
  readonly images: boolean;
  readonly marks: boolean;
  /** So much, or nobody knows what, that all has to be looked at. */
  readonly all: boolean;
}

export const nothingPending: Pending = { names: new Set(), images: false, marks: false, all: false };

/** More than so many are looked at by looking at all, which is one question instead of two for each. */
const mostNames = 50;

/** What has to be looked at after one more event. `nameOf`: the name of the container that has an id. */
export function afterEvent(pending: Pending, event: EngineEvent, nameOf: (id: string) => string | undefined): Pending {
  switch (event.type) {
    case "unread":
      return { ...pending, all: true };
    case "image":
      return pending.images ? pending : { ...pending, images: true };
    case "volume":
      return pending.marks ? pending : { ...pending, marks: true };
    case "container": {
      const known = nameOf(event.id);
      const names = new Set([...pending.names, ...event.names, ...(known === undefined ? [] : [known])]);
      if (names.size === pending.names.size) return pending;
      // Who floods us with names of what is not there makes us remember no more of them.
      if (names.size > mostNames) return { ...pending, names: new Set(), all: true };
      return { ...pending, names };
    }
  }
}

export function isPending({ names, images, marks, all }: Pending): boolean {
  return all || images || marks || names.size > 0;
}
