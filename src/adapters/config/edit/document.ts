import type { SourceNode } from "../../../domain/config/document/document.ts";
import { renderBlockLines, renderBroken } from "./render.ts";
import { styleFor } from "./style.ts";

/** A whole document in the language of `text`: JSON, or YAML in block style. */
export function renderDocument(value: unknown, text: string, root: SourceNode): string {
  const flow = root.kind !== "scalar" && root.style === "flow";
  const style = { ...styleFor({ text, root, json: flow, eol: "\n" }, root), colon: ": ", comma: ", ", breakable: true };
  return `${flow ? renderBroken(value, "", style) : renderBlockLines(value, "", style)}\n`;
}
