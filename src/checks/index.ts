import { abortable, timeLimit } from "../abort.ts";
import type { CheckResult, Checks, Clock, Engines, Network, Nodes } from "../app/ports.ts";
import type { CheckKindName } from "../domain/config/types.ts";
import { CannotTell, type CheckKind, type CheckTools } from "./kind.ts";
import { docker } from "./kinds/docker.ts";
import { exec } from "./kinds/exec.ts";
import { http } from "./kinds/http.ts";
import { ping } from "./kinds/ping.ts";
import { tcp } from "./kinds/tcp.ts";

/** A new kind is one file in `kinds/`, its name in `checkKinds`, and what the compiler then asks for: a line here, and its options. */
const kinds: Readonly<Record<CheckKindName, CheckKind<never>>> = { tcp, http, exec, docker, ping };

const defaultTimeoutMs = 5000;

/** The checks, each ended by its own timeout, and told in a few words whatever happened. */
export function openChecks(outside: { nodes: Nodes; engines: Engines; network: Network; clock: Clock }): Checks {
  return {
    async run(check, target) {
      const startedAt = outside.clock.monotonic();
      const timeoutMs = typeof check.timeoutMs === "number" ? check.timeoutMs : defaultTimeoutMs;
      const limit = timeLimit(outside.clock, timeoutMs, target.signal);
      const { signal } = limit;
      const tools: CheckTools = {
        network: outside.network,
        connect: async (port, via) => {
          const { node, from } = target;
          if (via === "node") return (await outside.nodes.connect(node, signal)).openTcp("127.0.0.1", port, signal);
          if (!from) return outside.network.tcp(node.address, port, signal);
          return (await outside.nodes.connect(from.node, signal)).openTcp(from.address, port, signal);
        },
        connection: () => outside.nodes.connect(target.node, signal),
        engine: () => outside.engines.on(target.node, signal),
      };
      const result = (ok: boolean, message: string, more: Pick<CheckResult, "cannotTell"> = {}): CheckResult => ({
        ok,
        message,
        durationMs: Math.round(outside.clock.monotonic() - startedAt),
        ...more,
      });
      try {
        const kind = kinds[check.kind];
        // A kind that does not listen to its signal must not hang.
        return result(true, await abortable(kind.run(check as never, { ...target, signal }, tools), signal));
      } catch (error) {
        if (target.signal.aborted) throw target.signal.reason;
        if (error instanceof CannotTell) return result(false, error.message, { cannotTell: true });
        return result(false, limit.expired() ? `no answer within ${(timeoutMs / 1000).toFixed(1)} s` : reason(error));
      } finally {
        limit.dispose();
      }
    },
  };
}

const inWords: Readonly<Record<string, string>> = {
  ECONNREFUSED: "connection refused",
  EHOSTUNREACH: "no route to the host",
  ENETUNREACH: "no route to the network",
  ECONNRESET: "connection reset",
  ENOTFOUND: "its name does not resolve",
  EAI_AGAIN: "its name does not resolve",
};

function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return inWords[(error as NodeJS.ErrnoException).code ?? ""] ?? error.message;
}
