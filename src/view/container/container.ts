import type { ContainerChangeRow } from "../../app/container/change.ts";
import { visible } from "../../domain/text.ts";
import { type Style, tint } from "../text/style.ts";

/** What became of each instance, and the places of the config that changed. */
export function containerChangeView(result: { containers: readonly ContainerChangeRow[] }, style: Style): string {
  return result.containers
    .map(({ container, node, changed, outcome, changes }) => {
      const place = tint(style, "strong", visible(`${container}@${node}`));
      const title = `${place}: ${tint(style, changed ? "good" : "warn", visible(outcome))}\n`;
      return title + changes.map((change) => `  ${visible(change)}\n`).join("");
    })
    .join("");
}
