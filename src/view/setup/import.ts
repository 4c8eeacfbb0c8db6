import type { ImportResult } from "../../app/import.ts";
import { visible } from "../../domain/text.ts";
import { type Style, tint } from "../text/style.ts";

/** Each service with what is left out of it, and what to do next. */
export function importView({ services, networks, notes, changed }: ImportResult, style: Style): string {
  const rows = services.map(({ container, nodes, outcome, notes: own }) => {
    const title = `${tint(style, "strong", visible(container))} on ${nodes.map(visible).join(", ")}: ${outcome}\n`;
    return title + own.map((line) => `  ${tint(style, "warn", "!")} ${visible(line)}\n`).join("");
  });
  return [
    ...rows,
    ...(networks.length === 0 ? [] : [`networks: ${networks.map(visible).join(", ")}\n`]),
    ...notes.map((line) => `${tint(style, "warn", "!")} ${visible(line)}\n`),
    ...(changed ? ["Nothing runs yet: look at the config, then `pictl create`.\n"] : []),
  ].join("");
}
