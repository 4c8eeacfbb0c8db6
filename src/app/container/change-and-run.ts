import type { ContainerEdit } from "../../domain/container/edits/entries.ts";
import { hintedFurther } from "../../domain/errors.ts";
import type { ActionRow } from "../kit/act.ts";
import { createContainers } from "../create.ts";
import type { PlaceOptions } from "../place/index.ts";
import type { ConfigStore, Ports } from "../ports.ts";
import { record } from "../kit/record.ts";
import type { Report } from "../kit/report.ts";
import {
  changeContainer,
  changesOn,
  type ContainerChangeRow,
  placesOn,
  type PlanContainer,
  previewChange,
} from "./change.ts";

export interface ChangeAndRun extends PlaceOptions {
  readonly store: ConfigStore;
  readonly name: string;
  /** Those of its instances that are changed. */
  readonly nodes: readonly string[];
  readonly plan: PlanContainer;
  /** Make what runs like the config says, at once. */
  readonly run: boolean;
  readonly waitMs: number;
  readonly dryRun: boolean;
  /** What to say beside a failure, when the config has been changed. */
  readonly kept: string;
  /** Asked with the changes, before anything is written; false leaves all as it is. */
  readonly confirm: (changes: readonly string[]) => Promise<boolean>;
}

/**
 * Changes the entries of a container, and, if wanted, replaces it where it differs then. Throws config-invalid before anything
 * is touched. A change stays in the config when the container cannot be replaced; the old one is back then.
 */
export async function changeAndRun(
  ports: Ports,
  input: ChangeAndRun,
): Promise<Report<{ containers: readonly ContainerChangeRow[] }>> {
  const { store, name, nodes, plan, kept, dryRun } = input;
  const preview = await previewChange(store, plan);
  const asks = !dryRun && (preview.edits.length > 0 || input.run);
  if (asks && !(await input.confirm(preview.edits.map(({ text }) => text)))) {
    return { result: { containers: [] }, failures: [], exitCode: 4 };
  }
  const edits = dryRun || preview.edits.length === 0 ? preview.edits : await changeContainer(store, plan, false);
  const { config } = dryRun ? preview : await store.read();
  const rows = nodes.map((node, index) => ({
    node,
    changes: changesOn(edits, node, index === 0),
    waits: !input.run && edits.some((each) => each.node === node && isOfLayout(each)),
  }));
  for (const [index, { node, changes }] of dryRun ? [] : rows.entries()) {
    if (changes.length === 0) continue;
    await record(ports, { type: "container.edited", container: name, node, ...placesOn(edits, node, index === 0) });
  }
  const placements = config.placements.filter((each) => each.container === name && nodes.includes(each.node));
  const ran = input.run
    ? await createContainers(ports, { ...input, config, placements, recreate: "differing" })
    : undefined;
  const failures = ran?.failures ?? [];
  return {
    result: { containers: rows.map((row) => rowOf(row, { name, dryRun, ran: ran?.result.containers ?? [] })) },
    failures: dryRun || edits.length === 0 ? failures : failures.map((failure) => hintedFurther(failure, kept)),
  };
}

function isOfLayout({ edit }: ContainerEdit): boolean {
  return "path" in edit && edit.path[0] === "layout";
}

function rowOf(
  { node, changes, waits }: { node: string; changes: readonly string[]; waits: boolean },
  { name, dryRun, ran }: { name: string; dryRun: boolean; ran: readonly ActionRow[] },
): ContainerChangeRow {
  const action = ran.find((row) => row.node === node);
  const said = dryRun ? "would be changed" : "changed";
  const running = waits && !dryRun ? "; what runs is as before, `--run` makes it like the config" : "";
  const outcome = changes.length === 0 ? "the config is as it was" : `${said}${running}`;
  return {
    container: name,
    node,
    changed: (!dryRun && changes.length > 0) || action?.changed === true,
    outcome: action === undefined ? outcome : `${outcome}; ${action.outcome}`,
    changes,
  };
}
