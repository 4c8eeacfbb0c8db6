import { abortable } from "../../abort.ts";
import type { Connection, Engine, Engines, Nodes } from "../../app/ports.ts";
import type { NodeSpec } from "../../domain/config/types.ts";
import { PictlError } from "../../domain/errors.ts";
import { type Api, openApi } from "./api.ts";
import { type Dialer, diagnose, isFinal, reachEngine } from "./dial.ts";
import { createEngine } from "./engine.ts";

export interface EnginesOptions {
  /** Milliseconds an engine may take to answer one request. */
  readonly timeoutMs?: number;
}

/**
 * Docker on each node over the Engine API, through the node's one SSH connection: a forwarded socket where sshd and
 * the login allow it, else `docker system dial-stdio`. Opened at the first use and shared; what was found out on the way
 * (the endpoint, the rights, the API's version) is good for one SSH connection, and found out again on the next.
 */
export function openEngines(nodes: Nodes, options: EnginesOptions = {}): Engines {
  const timeoutMs = options.timeoutMs ?? 30_000;
  const opened = new Map<string, { readonly connection: Connection; readonly api: Promise<Api> }>();

  const apiOf = async (node: NodeSpec): Promise<Api> => {
    const connection = await nodes.connect(node);
    const known = opened.get(node.name);
    if (known?.connection === connection) return known.api;
    const opening = { connection, api: open(nodes, node, timeoutMs) };
    opened.set(node.name, opening);
    opening.api.catch(() => {
      if (opened.get(node.name) === opening) opened.delete(node.name);
    });
    return opening.api;
  };

  return {
    on: async (node, signal = new AbortController().signal): Promise<Engine> =>
      createEngine(node.name, await orInterrupted(apiOf(node), signal, node.name), signal),
  };
}

/** Heeds no caller's signal, since others may wait for the same opening; it ends by its own deadlines. */
async function open(nodes: Nodes, node: NodeSpec, timeoutMs: number): Promise<Api> {
  const signal = new AbortController().signal;
  try {
    const speak = (dialer: Dialer, signal: AbortSignal): Promise<Api> =>
      openApi({ node: node.name, dialer, timeoutMs }, signal);
    return await reachEngine(nodes, node, { speak, signal });
  } catch (error) {
    if (isFinal(error)) throw error.at({ node: node.name });
    throw await diagnose(nodes, node, error, signal);
  }
}

async function orInterrupted<T>(promise: Promise<T>, signal: AbortSignal, node: string): Promise<T> {
  try {
    return await abortable(promise, signal);
  } catch (error) {
    throw signal.aborted ? new PictlError("interrupted", "Interrupted while Docker was asked.", { node }) : error;
  }
}
