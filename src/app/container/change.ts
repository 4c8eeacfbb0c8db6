import type { RawConfig } from "../../domain/config/raw.ts";
import { type ConfigChanges, editedPlaces } from "../../domain/config/document/changes.ts";
import type { Config, Placement } from "../../domain/config/types.ts";
import type { ContainerEdit } from "../../domain/container/edits/entries.ts";
import { PictlError } from "../../domain/errors.ts";
import { selectPlacements, selectWithStrays } from "../../domain/select.ts";
import { changeAsPlanned } from "../config/planned.ts";
import type { ConfigStore } from "../ports.ts";

/** What `container add`, `edit` and `remove` report of each instance. */
export interface ContainerChangeRow {
  readonly container: string;
  readonly node: string;
  readonly changed: boolean;
  readonly outcome: string;
  /** The config's changed places, for people; made or, under --dry-run, to be made. */
  readonly changes: readonly string[];
}

export type PlanContainer = (raw: RawConfig) => readonly ContainerEdit[];

/** The edits as the file stands now and the config they would make. Rejects with config-invalid; writes nothing. */
export async function previewChange(
  store: ConfigStore,
  plan: PlanContainer,
): Promise<{ readonly edits: readonly ContainerEdit[]; readonly config: Config }> {
  const edits = plan((await store.read()).raw);
  return { edits, config: await store.preview(edits.map(({ edit }) => edit)) };
}

/** Writes the config, or only tries whether it could be, and returns what changes in it. */
export function changeContainer(
  store: ConfigStore,
  plan: PlanContainer,
  dryRun: boolean,
): Promise<readonly ContainerEdit[]> {
  return changeAsPlanned(store, { plan, editsOf: (edits) => edits.map(({ edit }) => edit), dryRun });
}

/** The texts of the edits that belong into the row of `node`; what all instances share stands with the first. */
export function changesOn(edits: readonly ContainerEdit[], node: string, first: boolean): readonly string[] {
  return edits.filter((edit) => edit.node === node || (first && edit.node === undefined)).map(({ text }) => text);
}

/** The same as places with what stood there and what stands there now, for the event log. */
export function placesOn(edits: readonly ContainerEdit[], node: string, first: boolean): ConfigChanges {
  return editedPlaces(
    edits
      .filter((edit) => edit.node === node || (first && edit.node === undefined))
      .flatMap(({ edit, before }) =>
        edit.op === "move" ? [] : [{ path: edit.path, before, after: edit.op === "set" ? edit.value : undefined }],
      ),
  );
}

/**
 * The instances that `NAME` or `NAME@NODE` names, whole; with `strays` also one that may be on that node and is not in the
 * layout. Throws unknown-container, and usage for a glob.
 */
export function instancesOf(config: Config, target: string, { strays = false } = {}): readonly Placement[] {
  if (/[*?]/.test(target)) {
    throw new PictlError("usage", `"${target}" names several containers; expected NAME or NAME@NODE.`, {
      hint: "Work on one container at a time.",
    });
  }
  return (strays ? selectWithStrays : selectPlacements)(config, [target]);
}
