import type { InitRow } from "../../app/init.ts";
import type { KeyRow } from "../../app/node/trust.ts";
import type { RawConfig } from "../../domain/config/raw.ts";
import { visible } from "../../domain/text.ts";
import { keyKind } from "../node/node.ts";
import { type Style, tint } from "../text/style.ts";
import { quote } from "../../domain/shell.ts";

export interface InitResult {
  readonly nodes: readonly InitRow[];
  /** What is trusted, and where that is written. */
  readonly keys: readonly KeyRow[];
  readonly file: string;
  readonly changed: boolean;
  /** The config, under --dry-run alone. */
  readonly document: RawConfig | null;
}

/** Which host keys are new, what the nodes said, and what to do next; under --dry-run the config as it would be written. */
export function initView({ nodes, keys, file, changed, document }: InitResult, style: Style): string {
  const trusted = keys.flatMap(({ node, hop, type, fingerprint, state, file }) =>
    state === "stored"
      ? [`${visible(hop ?? node)}: trusted from now on: ${keyKind(type)} ${fingerprint} (in ${visible(file ?? "")})\n`]
      : [],
  );
  const rows = nodes.map(({ node, outcome, dockerVersion }) => {
    const name = tint(style, "strong", visible(node));
    return `${name}: ${tint(style, dockerVersion === null ? "warn" : "good", visible(outcome))}\n`;
  });
  const shown = document === null ? "" : `${JSON.stringify(document, null, 2)}\n`;
  const next = changed ? `Wrote ${visible(file)}.\nNext: \`pictl status --config ${visible(quote(file))}\`.\n` : "";
  return trusted.join("") + rows.join("") + shown + next;
}
