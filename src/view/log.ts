import type { PictlEvent } from "../domain/event.ts";
import { visible } from "../domain/text.ts";
import { type Style, tint } from "./style.ts";
import { duration, localTime } from "./units.ts";
import { columns, wrapBehind } from "./wrap.ts";

/**
 * One event on one line: when, what, where, what changed, and who did it. Where that is wider than the terminal, the
 * second half stands below.
 */
export function eventLine(event: PictlEvent, style: Style): string {
  const { error, durationMs } = event;
  const head = [
    tint(style, "dim", localTime(event.time)),
    tint(style, error === undefined ? "strong" : "bad", visible(event.type).padEnd(23)),
    visible(placeOf(event)).padEnd(12),
  ];
  const rest = [
    error === undefined ? visible(changeOf(event)) : tint(style, "bad", visible(firstLine(error))),
    durationMs === undefined ? "" : tint(style, "dim", `(${duration(durationMs)})`),
    tint(style, "dim", `${visible(event.who)}${event.cause === undefined ? "" : `: ${visible(event.cause)}`}`),
  ].filter((part) => part !== "");
  const line = [...head, ...rest].join("  ");
  if (columns(line) <= style.width) return `${line}\n`;
  const second = rest.join("  ");
  const below = columns(indent + second) <= style.width ? [second] : rest;
  return `${head.join("  ").trimEnd()}\n${below.map((text) => wrapBehind(indent, text, style.width)).join("")}`;
}

const indent = "    ";

function placeOf({ container, node }: PictlEvent): string {
  if (container !== undefined && node !== undefined) return `${container}@${node}`;
  return container ?? node ?? "-";
}

function changeOf({ before, after }: PictlEvent): string {
  if (before == null && after == null) return "";
  if (before == null) return short(after);
  return after === undefined ? `was ${short(before)}` : `${short(before)} → ${short(after)}`;
}

function firstLine(text: string): string {
  return text.split("\n")[0] ?? "";
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
