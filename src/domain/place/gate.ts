import { checkKinds, type Config, type HeartbeatCheck, type Placement } from "../config/types.ts";
import type { ContainerFacts } from "../docker/facts.ts";
import { neverAnswers } from "../heartbeat/checks/never-answers.ts";
import type { Swap } from "./swap.ts";

type Check = HeartbeatCheck["check"];

/**
 * What a new copy must pass before the old one goes. `check`: its hb entry; `own`: its HEALTHCHECK, or without one that
 * it runs for 3 s without a restart; `none`: the user wants no check, only that it runs.
 */
export type Gate = { readonly kind: "check"; readonly check: Check } | { readonly kind: "own" | "none" };

/** What the heartbeat looks at of a container on its node. */
export function checkOf(
  { heartbeat }: Pick<Config, "heartbeat">,
  { container, node }: Pick<Placement, "container" | "node">,
): Check | undefined {
  return heartbeat.checks.find((each) => each.container === container && each.node === node)?.check;
}

/** The gates of a swap: before the new copy takes over, and after. */
export interface Gates {
  readonly before: Gate | undefined;
  readonly after: Gate | undefined;
}

/** `skips`: the user wants no check. `swap` undefined: there is no old copy. */
export function gatesOf(
  swap: Swap["kind"] | undefined,
  { check, skips }: { readonly check: Check | undefined; readonly skips: boolean },
): Gates {
  // A docker check is the container's own.
  const gate: Gate = skips
    ? { kind: "none" }
    : check && check.kind !== "docker"
      ? { kind: "check", check }
      : { kind: "own" };
  const worksInside = gate.kind !== "check" || checkKinds[gate.check.kind] === "inside";
  switch (swap) {
    case "start-first":
      return { before: worksInside ? gate : { kind: "own" }, after: undefined };
    case "hand-off":
      return worksInside ? { before: gate, after: undefined } : { before: { kind: "own" }, after: gate };
    default:
      return { before: undefined, after: gate };
  }
}

/** Why a gate will hardly be passed, however well the new copy does, as `neverAnswers` says; undefined where nothing speaks against it. */
export function vainGate(
  { before, after }: Gates,
  placement: Pick<Placement, "container" | "args">,
): string | undefined {
  const [gate] = [before, after].filter((each) => each?.kind === "check");
  return gate?.kind === "check" ? neverAnswers(gate.check, placement) : undefined;
}

/** One look at a new copy. */
export interface GateSight {
  readonly facts: ContainerFacts | undefined;
  /** When it was started, as the first look saw it. */
  readonly firstStartMs: number | null | undefined;
  /** What its check says. */
  readonly check: { readonly ok: boolean; readonly message: string } | undefined;
  /** Since the first look. */
  readonly elapsedMs: number;
}

/** `told`: how it is, as the rest of a sentence that begins with the container. */
export type GateVerdict = { readonly kind: "passed" | "waits" } | { readonly kind: "failed"; readonly told: string };

const defaultPatienceMs = 30_000;
/** Without any check, a container that runs so long without a restart counts as good. */
const steadyMs = 3_000;

/**
 * Whether a new copy does its work. `patienceMs`: how long it may take, as the user says; else 30 s, and as long as
 * Docker needs to decide on its HEALTHCHECK. `mayEnd`: ending with exit code 0 is success.
 */
export function judgeGate(
  gate: Gate,
  { facts, firstStartMs, check, elapsedMs }: GateSight,
  { patienceMs, mayEnd }: { readonly patienceMs: number | undefined; readonly mayEnd: boolean },
): GateVerdict {
  if (facts?.state !== "running") {
    return ended(facts, { mayEnd: mayEnd && gate.kind !== "check" && facts?.healthDecidesMs === null, elapsedMs });
  }
  if (gate.kind === "none") return { kind: "passed" };
  // Its restart policy may have it back sooner than anybody looks.
  if (firstStartMs !== undefined && facts.startedAtMs !== firstStartMs) {
    return { kind: "failed", told: "ended, and Docker started it again" };
  }
  if (gate.kind === "check") {
    if (check?.ok === true) return { kind: "passed" };
    return whileWaiting(
      `whose check says: ${check?.message ?? "nothing yet"}`,
      elapsedMs,
      patienceMs ?? defaultPatienceMs,
    );
  }
  if (facts.healthDecidesMs !== null) {
    if (facts.health === "healthy") return { kind: "passed" };
    if (facts.health === "unhealthy") return { kind: "failed", told: "is unhealthy, as its HEALTHCHECK says" };
    const patience = patienceMs ?? Math.max(defaultPatienceMs, facts.healthDecidesMs + defaultPatienceMs);
    return whileWaiting("whose HEALTHCHECK has not succeeded yet", elapsedMs, patience);
  }
  return { kind: elapsedMs >= steadyMs ? "passed" : "waits" };
}

function whileWaiting(told: string, elapsedMs: number, patienceMs: number): GateVerdict {
  if (elapsedMs < patienceMs) return { kind: "waits" };
  return { kind: "failed", told: `did not come up within ${String(Math.round(patienceMs / 1000))} s, ${told}` };
}

function ended(
  facts: ContainerFacts | undefined,
  { mayEnd, elapsedMs }: { readonly mayEnd: boolean; readonly elapsedMs: number },
): GateVerdict {
  if (facts?.state === "exited" && facts.exitCode === 0 && mayEnd) return { kind: "passed" };
  const when = elapsedMs < steadyMs ? " right after its start" : "";
  if (facts?.state === "restarting") return { kind: "failed", told: `ended${when}; Docker starts it again` };
  if (facts?.state === "exited" || facts?.state === "dead") {
    const code = facts.exitCode === null ? "" : ` with exit code ${String(facts.exitCode)}`;
    return { kind: "failed", told: `ended${code}${when}` };
  }
  return { kind: "failed", told: facts === undefined ? "is gone" : `is not running, but ${facts.state}` };
}

/** What a passed gate tells of the new copy. */
export interface Passed {
  /** `healthy` */
  readonly told: string;
  /** Something told that it serves, so that it is known since when. */
  readonly serves: boolean;
}

export function passedBy(gate: Gate, facts: ContainerFacts | undefined): Passed {
  if (gate.kind === "none") return { told: "not checked", serves: false };
  if (gate.kind === "check") return { told: "its check succeeds", serves: true };
  if (facts?.healthDecidesMs == null) return { told: "it has no check", serves: false };
  return { told: "healthy", serves: true };
}
