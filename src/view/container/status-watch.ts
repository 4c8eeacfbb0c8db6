import type { StatusRow } from "../../app/status.ts";
import { isAsWanted } from "../../domain/container/status.ts";
import { plural, visible } from "../../domain/text.ts";
import type { NodeNow, StatusChanges, StatusNow } from "../../watch/status.ts";
import { failureText } from "../failures.ts";
import { statusTone, statusView } from "./status.ts";
import { type Style, tint, type Tone } from "../text/style.ts";
import { localTime } from "../text/units.ts";
import { columns, wrap } from "../text/wrap.ts";

/**
 * One frame of `pictl status --watch`. Where the terminal has fewer than all the lines, what is not as wanted comes first.
 */
export function statusFrame(status: StatusNow, style: Style, height: number): string {
  const head = headline(status, style);
  const below = failureText(style, status.failures);
  const fits = status.containers.length + lines(head) + lines(below) + tableHead <= height;
  const ill = (row: StatusRow): number => Number(!isAsWanted(row));
  const containers = fits ? status.containers : status.containers.toSorted((a, b) => ill(b) - ill(a));
  // What is wrong with nodes explains what is unknown of containers, and is not what a small screen leaves out.
  return fits ? head + statusView({ containers }, style) + below : head + below + statusView({ containers }, style);
}

const tableHead = 1;

function lines(text: string): number {
  return text.split("\n").length - 1;
}

function headline({ cluster, asWanted, containers, nodes, time }: StatusNow, style: Style): string {
  const answering = nodes.filter(({ state }) => state === "answering" || state === "no docker").length;
  const counts = [
    count(asWanted, plural(containers.length, "container"), "as wanted", style),
    count(answering, plural(nodes.length, "node"), answering === 1 ? "answers" : "answer", style),
  ];
  const clock = localTime(time).slice(-8);
  const text = `${tint(style, "strong", visible(cluster))}: ${counts.join(", ")}`;
  const gap = style.width - columns(text) - clock.length;
  if (gap > 0 && Number.isFinite(gap)) return `${text}${" ".repeat(gap)}${tint(style, "dim", clock)}\n`;
  return `${wrap(`${text}, ${clock}`, style.width).join("\n")}\n`;
}

/** `2 of 3 nodes answer` */
function count(number: number, all: string, how: string, style: Style): string {
  const text = `${String(number)} of ${all} ${how}`;
  return all.startsWith(`${String(number)} `) ? text : tint(style, "bad", text);
}

/** What has changed, a line each: when, where, and how it is now. For what reads along: nothing is redrawn. */
export function changeLines({ time, nodes, containers, gone }: StatusChanges, style: Style): string {
  const line = (place: string, state: string, detail: string, tone?: Tone): string => {
    const words = tone ? tint(style, tone, state) : state;
    const text = detail === "" ? words : `${words} (${visible(detail)})`;
    return `${tint(style, "dim", visible(time))}  ${visible(place)}  ${text}\n`;
  };
  return [
    ...nodes.map(({ node, state, message }) => line(node, state, message, nodeTones[state])),
    ...containers.map((row) => line(`${row.container}@${row.node}`, row.state, row.detail, statusTone(row))),
    ...gone.map(({ container, node }) => line(`${container}@${node}`, "gone", "")),
  ].join("");
}

const nodeTones: Record<NodeNow["state"], Tone> = {
  answering: "good",
  connecting: "warn",
  "no docker": "bad",
  silent: "bad",
  refused: "bad",
};
