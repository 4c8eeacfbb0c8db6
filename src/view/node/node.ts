import type { Drain } from "../../app/node/drain.ts";
import type { MoveRow } from "../../app/move/index.ts";
import type { KeyRow } from "../../app/node/trust.ts";
import type { NodeChangeRow } from "../../app/node/change.ts";
import { visible } from "../../domain/text.ts";
import { type Style, tint } from "../text/style.ts";
import { movesView } from "../container/move.ts";
import { table } from "../text/table.ts";

/** What became of a node, and the places of the config that changed. */
export function nodeChangeView(result: { nodes: readonly NodeChangeRow[] }, style: Style): string {
  return result.nodes
    .map(({ node, changed, outcome, changes }) => {
      const title = `${tint(style, "strong", visible(node))}: ${tint(style, changed ? "good" : "warn", visible(outcome))}\n`;
      return title + changes.map((change) => `  ${visible(change)}\n`).join("");
    })
    .join("");
}

/** The same of a node that leaves, after the moves of its containers. */
export function nodeRemovalView(
  result: { nodes: readonly (NodeChangeRow & { readonly moves?: readonly MoveRow[] })[] },
  style: Style,
): string {
  const moves = result.nodes.flatMap((row) => row.moves ?? []);
  return (moves.length === 0 ? "" : movesView({ moves }, style)) + nodeChangeView(result, style);
}

/** What is asked before a node is drained, and removed if there is a `path` of a config to take it out of. */
export function drainQuestion(
  { moves, leftBehind }: Pick<Drain, "moves" | "leftBehind">,
  place: { readonly node: string; readonly path?: string; readonly keepers: readonly string[] },
): string {
  const { node, path, keepers } = place;
  const names = moves.map(({ placement, to }) => `${placement.container} to ${to}`).join(", ");
  const along = leftBehind.length > 0 ? ", leaving that data behind" : "";
  const stay = keepers.length > 0 ? `, though ${keepers.join(", ")} will stay` : "";
  const move = moves.length === 0 ? "" : `Move ${names}${along}${stay}`;
  if (path === undefined) return move === "" ? `Cordon ${node}?` : `${move}, and cordon ${node}?`;
  if (stay !== "") return `${move}, and ${node} with it?`;
  return move === "" ? `Take ${node} out of ${path}?` : `${move}, and take ${node} out of ${path}?`;
}

/** The host keys that were shown, and what became of them. */
export function hostKeysView(result: { keys: readonly KeyRow[] }, style: Style): string {
  if (result.keys.length === 0) return "";
  return table(
    style,
    [
      { title: "NODE", value: (row) => (row.hop === null ? row.node : `${row.node} (${row.hop})`), min: 8 },
      { title: "KEY", value: (row) => keyKind(row.type) },
      { title: "FINGERPRINT", value: (row) => row.fingerprint },
      { title: "STATE", value: (row) => row.state, tone: (row) => (row.state === "unknown" ? "dim" : "good") },
    ],
    result.keys,
  );
}

/** As `ssh-keygen -l` calls it: `ssh-ed25519` → `ED25519`. */
export function keyKind(type: string): string {
  if (type.startsWith("ecdsa-")) return "ECDSA";
  return type.replace(/^ssh-/, "").toUpperCase();
}
