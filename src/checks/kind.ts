import type { Duplex } from "node:stream";
import type { CheckTarget, Connection, Engine, Network } from "../app/ports.ts";

/** What a check works with; connections are made only when a kind asks for them. */
export interface CheckTools {
  readonly network: Network;
  /** A connection to a port of the node that is checked, made by whom the check says, or by another node instead. */
  connect(port: number, via: "controller" | "node" | undefined): Promise<Duplex>;
  connection(): Promise<Connection>;
  engine(): Promise<Engine>;
}

/** The check could not be made, which says nothing about the container: a program is missing, or a right. */
export class CannotTell extends Error {}

/**
 * One kind of check. `run` resolves to what was seen when all is well, and throws an Error whose message says what is
 * not. `target.signal` aborts at the timeout.
 */
export interface CheckKind<Options> {
  run(options: Options, target: CheckTarget, tools: CheckTools): Promise<string>;
}
