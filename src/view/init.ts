import type { InitRow } from "../app/init.ts";
import type { RawConfig } from "../domain/config/raw.ts";
import { visible } from "../domain/text.ts";
import { type Style, tint } from "./style.ts";

export interface InitResult {
  readonly nodes: readonly InitRow[];
  readonly file: string;
  readonly changed: boolean;
  /** The config, under --dry-run alone. */
  readonly document: RawConfig | null;
}

/** What the nodes said, and what to do next; under --dry-run the config as it would be written. */
export function initView({ nodes, file, changed, document }: InitResult, style: Style): string {
  const rows = nodes.map(({ node, outcome, dockerVersion }) => {
    const name = tint(style, "strong", visible(node));
    return `${name}: ${tint(style, dockerVersion === null ? "warn" : "good", visible(outcome))}\n`;
  });
  const shown = document === null ? "" : `${JSON.stringify(document, null, 2)}\n`;
  const next = changed ? `Wrote ${visible(file)}.\nNext: \`pictl status --config ${visible(file)}\`.\n` : "";
  return rows.join("") + shown + next;
}
