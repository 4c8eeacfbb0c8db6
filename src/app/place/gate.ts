import type { NodeSpec, Placement } from "../../domain/config/types.ts";
import type { ContainerFacts } from "../../domain/docker/facts.ts";
import { PictlError } from "../../domain/errors.ts";
import {
  type Gate,
  type Gates,
  type GateSight,
  judgeGate,
  type Passed,
  passedBy,
  vainGate,
} from "../../domain/place/gate.ts";
import { visible } from "../../domain/text.ts";
import { lastWords } from "./last-words.ts";
import type { Engine, Ports } from "../ports.ts";

const pauseMs = 250;

export interface Gating {
  readonly node: NodeSpec;
  readonly engine: Engine;
  readonly gate: Gate;
  /** What it is called now. */
  readonly name: string;
  /** What it is called in the layout. */
  readonly container: string;
  /** How long it may take, as the user says. */
  readonly patienceMs: number | undefined;
  /** Ending with exit code 0 is success. */
  readonly mayEnd: boolean;
}

/** Tells before anything is touched that a check looks where nothing will answer. */
export function tellVainGate({ progress }: Pick<Ports, "progress">, placement: Placement, gates: Gates): void {
  const why = vainGate(gates, placement);
  if (why === undefined) return;
  const { container, node } = placement;
  progress.warn(`${container}@${node}: the check of its hb entry decides whether it works, and hardly can: ${why}.`);
}

/**
 * Waits until a container has passed its gate, and resolves to how it is then. Rejects with gate-failed, which
 * has its last words, when it has not in time, or never will; with interrupted, and what asking Docker rejects with.
 */
export async function passGate(
  ports: Pick<Ports, "clock" | "signal" | "checks">,
  { node, engine, gate, name, container, patienceMs, mayEnd }: Gating,
): Promise<Passed> {
  const startedAt = ports.clock.monotonic();
  let firstStartMs: GateSight["firstStartMs"];
  for (;;) {
    const facts = await engine.container(name);
    const check =
      gate.kind === "check" && facts?.state === "running"
        ? await ports.checks.run(gate.check, { node, container: name, signal: ports.signal })
        : undefined;
    const elapsedMs = ports.clock.monotonic() - startedAt;
    const verdict = judgeGate(gate, { facts, firstStartMs, check, elapsedMs }, { patienceMs, mayEnd });
    if (verdict.kind === "passed") return passedBy(gate, facts);
    if (verdict.kind === "failed") throw await gateFailed(ports, { engine, facts, container, told: verdict.told });
    firstStartMs ??= facts?.startedAtMs;
    await ports.clock.sleep(pauseMs, ports.signal);
  }
}

async function gateFailed(
  ports: Pick<Ports, "signal">,
  {
    engine,
    facts,
    container,
    told,
  }: { engine: Engine; facts: ContainerFacts | undefined; container: string; told: string },
): Promise<PictlError> {
  const said = facts ? await lastWords(ports, engine, facts.id) : "";
  const health = facts?.healthDecidesMs == null ? "" : await engine.healthOutput(facts.id).catch(() => "");
  const heard = [
    said === "" ? "It said nothing." : `It said:\n${said}`,
    ...(health === "" ? [] : [`Its HEALTHCHECK said:\n${visible(health).slice(0, 500)}`]),
  ];
  return new PictlError("gate-failed", `The new container ${told}.`, { container, hint: heard.join("\n") });
}
