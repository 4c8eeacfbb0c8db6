import { PictlError } from "../../domain/errors.ts";
import type { Config } from "../../domain/config/types.ts";
import type { MovePlan } from "../../domain/move/plan.ts";
import { lastWords } from "../last-words.ts";
import { nodeOf } from "../observe.ts";
import type { Engine, Ports, Step } from "../ports.ts";

const pauseMs = 250;
/** Without a heartbeat entry, a container that runs so long without a restart counts as good. */
const steadyMs = 3_000;

/**
 * Whether the moved container does its work on its new node: its heartbeat entry's check, or, without one, running
 * for 3 s without a restart. `patienceMs`: how long its service may take to answer. Throws move-failed with the last
 * thing seen.
 */
export async function checkMoved(
  ports: Ports,
  {
    config,
    plan,
    engine,
    step,
    patienceMs,
  }: { config: Config; plan: MovePlan; engine: Engine; step: Step; patienceMs: number },
): Promise<void> {
  const { container, from, to } = plan;
  const entry = config.heartbeat.checks.find((each) => each.container === container && each.node === from);
  step.update(entry ? `checking it on ${to}` : `seeing that it stays up on ${to}`);
  const startedAt = ports.clock.monotonic();
  let firstStart: number | null | undefined;
  for (;;) {
    const facts = (await engine.containers()).find((each) => each.name === container);
    const elapsed = ports.clock.monotonic() - startedAt;
    if (facts?.state !== "running") {
      const code = facts?.exitCode == null ? "" : ` with exit code ${String(facts.exitCode)}`;
      throw failed(plan, `the new one ended${code}`, await lastWords(ports, engine, facts?.id ?? container));
    }
    firstStart ??= facts.startedAtMs;
    if (!entry) {
      // Its restart policy may have it back sooner than anybody looks.
      if (facts.startedAtMs !== firstStart) {
        throw failed(plan, "the new one ended, and Docker started it again", await lastWords(ports, engine, facts.id));
      }
      if (elapsed >= steadyMs) return;
    } else {
      const { ok, message } = await ports.checks.run(entry.check, {
        node: nodeOf(config, to),
        container,
        signal: ports.signal,
      });
      if (ok) return;
      if (elapsed >= patienceMs) {
        const time = `${String(Math.round(patienceMs / 1000))} s`;
        throw failed(plan, `its check failed for ${time}: ${message}`, await lastWords(ports, engine, facts.id));
      }
    }
    await ports.clock.sleep(pauseMs, ports.signal);
  }
}

function failed({ container, to }: MovePlan, what: string, said: string): PictlError {
  return new PictlError("move-failed", `${container} did not come up on ${to}: ${what}.`, {
    container,
    node: to,
    hint: said === "" ? `It said nothing. Look at what it needs from ${to}.` : `It said:\n${said}`,
  });
}
