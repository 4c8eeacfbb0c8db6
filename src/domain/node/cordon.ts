import { applyEdit } from "../config/document/apply-edit.ts";
import type { RawConfig } from "../config/raw.ts";
import type { NodeSpec } from "../config/types.ts";
import { PictlError } from "../errors.ts";
import { type PlannedEdit, removal, set } from "./edit.ts";

/** The edits for one node; none when it is as wanted already. */
export interface PlannedCordon {
  readonly node: string;
  readonly edits: readonly PlannedEdit[];
}

/**
 * The edits that cordon nodes, or open them again, in the order in which they are to be made. Opening takes away what
 * cordoning put there, down to an empty `nodes`, so that the file is as it was.
 */
export function planCordon(raw: RawConfig, names: readonly string[], cordoned: boolean): readonly PlannedCordon[] {
  let document = raw;
  return names.map((node) => {
    const edits = cordoned ? planClose(document, node) : planOpen(document, node);
    document = edits.reduce<unknown>((before, { edit }) => applyEdit(before, edit), document) as RawConfig;
    return { node, edits };
  });
}

function planClose(raw: RawConfig, name: string): readonly PlannedEdit[] {
  const known = raw.nodes?.[name];
  if (known?.cordoned === true) return [];
  return [known == null ? set(["nodes", name], { cordoned: true }) : set(["nodes", name, "cordoned"], true)];
}

function planOpen(raw: RawConfig, name: string): readonly PlannedEdit[] {
  const known = raw.nodes?.[name];
  if (known?.cordoned === undefined) return [];
  if (Object.keys(known).length > 1) return [removal(["nodes", name, "cordoned"])];
  return [removal(Object.keys(raw.nodes ?? {}).length > 1 ? ["nodes", name] : ["nodes"])];
}

/** Throws node-cordoned: an operator's decision, which only an operator's `--force` overrides. */
export function refuseCordoned({ name, cordoned }: NodeSpec): void {
  if (!cordoned) return;
  throw new PictlError("node-cordoned", "The node is cordoned: nothing new is placed on it.", {
    node: name,
    hint: `Choose another node; \`pictl node uncordon ${name}\` opens it again, \`--force\` places this one there all the same.`,
  });
}
