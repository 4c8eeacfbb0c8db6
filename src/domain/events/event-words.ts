import type { PictlEvent } from "./event.ts";

/** Which container, node or image an event is about; `-` for none. */
export function placeOfEvent({ container, node }: PictlEvent): string {
  if (container !== undefined && node !== undefined) return `${container}@${node}`;
  return container ?? node ?? "-";
}

/** The image that was to be pulled, which such an event has among what it did. */
export function pulledImage({ type, after }: Pick<PictlEvent, "type" | "after">): string | undefined {
  const names = type.startsWith("image.pull") && typeof after === "object" && after !== null && "image" in after;
  return names && typeof after.image === "string" ? after.image : undefined;
}

/** Events of this type say that something did not go well. */
export function isFailureType(type: string): boolean {
  return /[.-](?:failed|refused|lost|silent|unwritable|conflict|isolated|docker-silent)$/.test(type);
}

/** `old → new`, shortened. */
export function changeOfEvent({ before, after }: PictlEvent): string {
  if (before == null && after == null) return "";
  if (before == null) return short(after);
  return after === undefined ? `was ${short(before)}` : `${short(before)} → ${short(after)}`;
}

/** One event in one line, without its time. */
export function eventWords(event: PictlEvent): string {
  const { type, error, vip, who, cause } = event;
  const place = placeOfEvent(event);
  const what = error === undefined ? changeOfEvent(event) : (error.split("\n")[0] ?? "");
  const where = place === "-" ? (vip ?? "") : place;
  return [type, where, what, `${who}${cause === undefined ? "" : `: ${cause}`}`]
    .filter((part) => part !== "")
    .join("  ");
}

function short(value: unknown): string {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return Object.entries(value)
      .map(([key, each]) => `${key}: ${short(each)}`)
      .join(", ");
  }
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > 100 ? `${text.slice(0, 100)}…` : text;
}
