import type { LiveContainer, LiveNode } from "../../watch/model.ts";
import type { LineTone } from "../view/line.ts";
import { duration } from "../../view/text/units.ts";

/** Three looks may be missing before what is shown is told to be old. */
const staleMs = { container: 90_000, node: 20_000 };

/** How long ago, or undefined when that needs no telling. */
export function age(kind: keyof typeof staleMs, seenAtMs: number | null, nowMs: number): string | undefined {
  if (seenAtMs === null) return undefined;
  const ageMs = nowMs - seenAtMs;
  return ageMs > staleMs[kind] ? lasting(ageMs) : undefined;
}

export function since(ms: number | null, nowMs: number): string {
  return ms === null ? "-" : lasting(nowMs - ms);
}

/** By the second and not below: what moves faster is only restless. */
export function lasting(ms: number): string {
  const whole = Math.max(0, Math.floor(ms / 1000)) * 1000;
  return whole < 10_000 ? `${whole / 1000} s` : duration(whole);
}

export function percent(value: number | null | undefined): string {
  return value == null ? "-" : `${value < 10 ? value.toFixed(1) : Math.round(value)} %`;
}

/** A sign and a tone for each state, so that a state is known by three things: word, sign, colour. */
const signs: Record<LiveContainer["state"], readonly [sign: string, tone: LineTone]> = {
  running: ["●", "good"],
  done: ["✓", "good"],
  unhealthy: ["✗", "bad"],
  restarting: ["✗", "bad"],
  stopped: ["✗", "bad"],
  missing: ["✗", "bad"],
  foreign: ["✗", "bad"],
  changed: ["≠", "warn"],
  stray: ["+", "warn"],
  unknown: ["?", "dim"],
};

/** What somebody has stopped is as wanted. */
export function containerSign(row: LiveContainer): readonly [sign: string, tone: LineTone] {
  return row.state === "stopped" && row.stopped !== null ? ["○", "warn"] : signs[row.state];
}

/** What stands in the column: what it was, with a question mark, where its node does not tell. */
export function containerState(row: LiveContainer): string {
  if (row.state === "unknown") return row.last ? `${row.last.state}?` : "?";
  return row.state;
}

/** Not what the config wants, as far as anybody knows. */
export function isAmiss(row: LiveContainer): boolean {
  if (row.state === "running" || row.state === "done" || row.state === "unknown")
    return row.stopped !== null && row.wanted && row.state === "running";
  return !(row.state === "stopped" && row.stopped !== null);
}

export function nodeSign(node: LiveNode): readonly [sign: string, tone: LineTone] {
  if (node.state === "connecting") return ["◐", "dim"];
  if (node.state !== "answering") return ["✗", "bad"];
  if (node.docker.state === "silent") return ["✗", "bad"];
  return node.spec.cordoned ? ["○", "warn"] : ["●", "good"];
}

export function nodeState(node: LiveNode): string {
  const cordoned = node.spec.cordoned ? ", cordoned" : "";
  if (node.state === "answering" && node.docker.state === "silent") return `no docker${cordoned}`;
  return `${node.state === "answering" ? "up" : node.state}${cordoned}`;
}

/** A sentence about a node, where the node's name stands beside it already. */
export function withoutName(sentence: string, node: string): string {
  return sentence.startsWith(`${node}: `) ? sentence.slice(node.length + 2) : sentence;
}
