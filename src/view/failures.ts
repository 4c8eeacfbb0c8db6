import type { Failure } from "../domain/errors.ts";
import { visible, visibleLines } from "../domain/text.ts";
import { type Style, tint } from "./text/style.ts";
import { wrapBehind } from "./text/wrap.ts";

/**
 * One paragraph per failure: where, what, and what to do. Failures with the same text are told once for all their places, and
 * what to do once for neighbours that share it.
 */
export function failureText(style: Style, failures: readonly Failure[]): string {
  const groups = new Map<string, { failure: Failure; places: string[] }>();
  for (const failure of failures) {
    const key = `${failure.code}\n${failure.message}\n${failure.hint ?? ""}`;
    const group = groups.get(key) ?? { failure, places: [] };
    const place = placeOf(failure);
    if (place !== "") group.places.push(place);
    groups.set(key, group);
  }
  const told = [...groups.values()];
  return told
    .map(({ failure: { message, hint }, places }, index) =>
      paragraph(style, { message, hint: told[index + 1]?.failure.hint === hint ? undefined : hint }, places),
    )
    .join("");
}

function paragraph(
  style: Style,
  { message, hint }: { readonly message: string; readonly hint: string | undefined },
  places: readonly string[],
): string {
  // Each word for itself: a line may end between two.
  const where = places.map((place, index) => {
    const end = index === places.length - 1 ? ":" : ",";
    return `${tint(style, "strong", `${visible(place)}${end}`)} `;
  });
  const what = wrapBehind(`${tint(style, "bad", "✗")} `, `${where.join("")}${visibleLines(message)}`, style.width);
  return hint === undefined
    ? what
    : what + wrapBehind(`  ${tint(style, "dim", "→")} `, visibleLines(hint), style.width);
}

function placeOf(failure: Failure): string {
  if (failure.container !== undefined && failure.node !== undefined) return `${failure.container}@${failure.node}`;
  return failure.node ?? failure.container ?? "";
}
