import type { Config } from "../domain/config/types.ts";
import { quote } from "../domain/shell.ts";
import { visible } from "../domain/text.ts";
import { type Style, tint } from "./text/style.ts";
import { wrapBehind } from "./text/wrap.ts";

/** Why there are no containers in a result that would have all of the layout's, and how to get one; empty where that is not so. */
export function emptyLayoutText(style: Style, { placements, nodes }: Config, result: object): string {
  const rows = Object.entries(result).find(([key]) => ofTheLayout.has(key))?.[1] as unknown;
  if (placements.length > 0 || !Array.isArray(rows) || rows.length > 0) return "";
  const node = nodes[0]?.name ?? "NODE";
  const add = `pictl container add NAME --node ${visible(quote(node))} --image IMAGE`;
  const text = `The layout of the config has no container. \`${add}\` puts one there.`;
  return wrapBehind(`${tint(style, "warn", "!")} `, text, style.width);
}

/** What rows of a result are called that stand for containers. */
const ofTheLayout: ReadonlySet<string> = new Set(["containers", "checks", "steps"]);
