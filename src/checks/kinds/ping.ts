import type { Connection } from "../../app/ports.ts";
import { words } from "../../domain/shell.ts";
import { CannotTell, type CheckKind } from "../kind.ts";

interface PingOptions {
  readonly via?: "controller" | "node";
}

const timeoutMs = 2000;

/** The node answers an ICMP echo; via the node: one of the container's addresses does, seen from the node. */
export const ping: CheckKind<PingOptions> = {
  async run({ via }, { node, container, signal }, tools) {
    if (via !== "node") {
      if (await tools.network.ping(node.address, timeoutMs)) return "answers";
      throw new Error("no answer");
    }
    const [engine, connection] = await Promise.all([tools.engine(), tools.connection()]);
    const addresses = await engine.addresses(container);
    if (!addresses) throw new Error("no such container");
    if (addresses.length === 0) throw new Error("it has no address: it does not run, or has no network");
    const answers = await Promise.all(addresses.map((address) => pings(connection, address, signal)));
    const answering = answers.find((answer) => answer.ok);
    if (answering) return `${answering.address} answers`;
    const broken = answers.find(({ problem }) => problem !== undefined);
    if (broken) throw new CannotTell(`${node.name} cannot ping ${broken.address}: ${broken.problem ?? ""}`);
    throw new Error(`no answer from ${addresses.join(" or ")}`);
  },
};

interface Answer {
  readonly address: string;
  readonly ok: boolean;
  /** Why nothing could be sent at all. */
  readonly problem?: string;
}

async function pings(connection: Connection, address: string, signal: AbortSignal): Promise<Answer> {
  const command = words("ping", "-c", "1", "-W", String(timeoutMs / 1000), address);
  const outcome = await connection.run(command, { maxOutputBytes: 1024, signal });
  if (outcome.status === "ok") return { address, ok: true };
  // ping says 1 for "no answer"; anything else is of ping itself: it is not there, or may not open a socket.
  if (outcome.status === "unknown" || outcome.code === 1) return { address, ok: false };
  const said = outcome.stderr.trim().split("\n").at(-1) ?? "";
  return { address, ok: false, problem: said === "" ? `ping ended with exit code ${String(outcome.code)}` : said };
}
