import type { PictlEvent } from "../../domain/events/event.ts";
import { changeOfEvent, placeOfEvent } from "../../domain/events/event-words.ts";
import { visible } from "../../domain/text.ts";
import { type Style, tint } from "../text/style.ts";
import { duration, localTime } from "../text/units.ts";
import { columns, wrapBehind } from "../text/wrap.ts";

/**
 * One event on one line: when, what, where, what changed, and who did it. Where that is wider than the terminal, the
 * second half stands below.
 */
export function eventLine(event: PictlEvent, style: Style): string {
  const { error, durationMs } = event;
  const head = [
    tint(style, "dim", localTime(event.time)),
    tint(style, error === undefined ? "strong" : "bad", visible(event.type).padEnd(23)),
    visible(placeOfEvent(event)).padEnd(12),
  ];
  const rest = [
    error === undefined ? visible(changeOfEvent(event)) : tint(style, "bad", visible(firstLine(error))),
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

function firstLine(text: string): string {
  return text.split("\n")[0] ?? "";
}
