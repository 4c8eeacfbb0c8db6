import type { TestedReceiver } from "../../app/notices/test.ts";
import { visible } from "../../domain/text.ts";
import { type Style, tint } from "../text/style.ts";
import { duration } from "../text/units.ts";

export function notifyView({ receivers }: { readonly receivers: readonly TestedReceiver[] }, style: Style): string {
  return receivers
    .filter(({ ok }) => ok)
    .map(({ receiver, answer, durationMs }) => {
      const took = tint(style, "dim", `(${duration(durationMs)})`);
      return `${tint(style, "good", "✓")} ${visible(receiver)}  ${visible(answer)}  ${took}\n`;
    })
    .join("");
}
