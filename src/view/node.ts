import type { KeyRow } from "../app/node/trust.ts";
import type { NodeChangeRow } from "../app/node/change.ts";
import { visible } from "../domain/text.ts";
import { type Style, tint } from "./style.ts";
import { table } from "./table.ts";

/** What became of a node, and the places of the config that changed. */
export function nodeChangeView(result: { nodes: readonly NodeChangeRow[] }, style: Style): string {
  return result.nodes
    .map(({ node, changed, outcome, changes }) => {
      const title = `${tint(style, "strong", visible(node))}: ${tint(style, changed ? "good" : "warn", visible(outcome))}\n`;
      return title + changes.map((change) => `  ${visible(change)}\n`).join("");
    })
    .join("");
}

/** The host keys that were shown, and what became of them. */
export function hostKeysView(result: { keys: readonly KeyRow[] }, style: Style): string {
  if (result.keys.length === 0) return "";
  return table(
    style,
    [
      { title: "NODE", value: (row) => (row.hop === null ? row.node : `${row.node} (${row.hop})`), min: 8 },
      { title: "KEY", value: (row) => kind(row.type) },
      { title: "FINGERPRINT", value: (row) => row.fingerprint },
      { title: "STATE", value: (row) => row.state, tone: (row) => (row.state === "unknown" ? "dim" : "good") },
    ],
    result.keys,
  );
}

/** As `ssh-keygen -l` calls it: `ssh-ed25519` → `ED25519`. */
function kind(type: string): string {
  if (type.startsWith("ecdsa-")) return "ECDSA";
  return type.replace(/^ssh-/, "").toUpperCase();
}
