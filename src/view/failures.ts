import type { Failure } from "../domain/errors.ts";
import { visible } from "../domain/text.ts";
import { type Style, tint } from "./style.ts";

/** One paragraph per failure: where, what, and what to do. Failures with the same text are told once for all their places. */
export function failureText(style: Style, failures: readonly Failure[]): string {
  const groups = new Map<string, { failure: Failure; places: string[] }>();
  for (const failure of failures) {
    const key = `${failure.code}\n${failure.message}\n${failure.hint ?? ""}`;
    const group = groups.get(key) ?? { failure, places: [] };
    const place = placeOf(failure);
    if (place !== "") group.places.push(place);
    groups.set(key, group);
  }
  return [...groups.values()].map(({ failure, places }) => paragraph(style, failure, places)).join("");
}

function paragraph(style: Style, failure: Failure, places: readonly string[]): string {
  const where = places.length === 0 ? "" : `${visible(places.join(", "))}: `;
  const message = failure.message.split("\n").map(visible).join("\n  ");
  const hint =
    failure.hint === undefined
      ? ""
      : `  ${tint(style, "dim", "→")} ${failure.hint.split("\n").map(visible).join("\n    ")}\n`;
  return `${tint(style, "bad", "✗")} ${tint(style, "strong", where)}${message}\n${hint}`;
}

function placeOf(failure: Failure): string {
  if (failure.container !== undefined && failure.node !== undefined) return `${failure.container}@${failure.node}`;
  return failure.node ?? failure.container ?? "";
}
