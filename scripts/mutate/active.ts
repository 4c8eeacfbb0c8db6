/** Which mutant is in place in this process, and which ones its tests have come by. Loaded before any source is. */

declare global {
  var pictlMutation: Mutation | undefined;
}

class Mutation {
  /** Its id; empty: the sources are as they are written. */
  active = "";
  readonly reached = new Set<string>();

  /** Called by the sources (`switch.ts`) at the place of a mutant. */
  comesBy(id: string): boolean {
    this.reached.add(id);
    return id === this.active;
  }
}

// The runner and the set-up each load this module anew.
export const mutation = (globalThis.pictlMutation ??= new Mutation());
