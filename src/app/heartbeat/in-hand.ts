import { firstOf } from "../../abort.ts";
import type { NodeSpec } from "../../domain/config/types.ts";
import { type Failure, PictlError, toFailure } from "../../domain/errors.ts";
import { nodesWith } from "../kit/reach.ts";
import type { HeartbeatPorts } from "../ports.ts";

/** What rounds began and what has not ended yet. */
export interface InHand {
  /** The containers that something is being done to. */
  containers(): readonly string[];
  /**
   * Begins work on a container, after what is being done to it already. The work gets ports with its cause, to which
   * nodes that do not answer are unreachable at once. Never rejects.
   */
  begin(container: string, task: Task, work: (own: HeartbeatPorts) => Promise<void>): Promise<readonly Failure[]>;
  /** The containers to which something is being done that needs one of these nodes. */
  needing(nodes: ReadonlySet<string>): readonly string[];
  /**
   * Interrupts what is being done on nodes that have died: it would wait for them for long, and keep their containers
   * from moving.
   */
  giveUpOn(dead: ReadonlySet<string>): void;
  /** Keeps an eye on what nobody waits for. */
  meanwhile(work: Promise<void>): void;
  /** Resolves when there is nothing more. */
  settled(): Promise<void>;
}

export interface Task {
  /** For the event log. */
  readonly cause: string;
  /** The node whose death ends it. */
  readonly needs?: string | undefined;
}

interface Doing extends Task {
  /** Never rejects. */
  readonly done: Promise<readonly Failure[]>;
  readonly giveUp: AbortController;
}

/** `silent`: the nodes that did not answer in the last round. */
export function openInHand(ports: HeartbeatPorts, silent: () => ReadonlySet<string>): InHand {
  const doings = new Map<string, Doing>();
  const others = new Set<Promise<void>>();
  const needing = (nodes: ReadonlySet<string>): readonly [string, Doing][] =>
    [...doings].filter(([, { needs }]) => needs !== undefined && nodes.has(needs));
  return {
    containers: () => [...doings.keys()],
    begin(container, task, work) {
      const giveUp = new AbortController();
      const { signal, dispose } = firstOf([ports.signal, giveUp.signal]);
      const actor = { ...ports.actor, cause: task.cause };
      const own = { ...ports, ...answering(ports, silent), actor, signal };
      const before = doings.get(container)?.done ?? Promise.resolve();
      const done = before
        .then(() => work(own))
        .then(
          () => [],
          (error: unknown) => [toFailure(error, { container })],
        )
        .finally(dispose);
      const doing = { ...task, done, giveUp };
      doings.set(container, doing);
      void done.then(() => {
        if (doings.get(container) === doing) doings.delete(container);
      });
      return done;
    },
    needing: (nodes) => needing(nodes).map(([container]) => container),
    giveUpOn(dead) {
      for (const [, { needs = "", giveUp }] of needing(dead)) {
        giveUp.abort(new PictlError("node-unreachable", `${needs} does not answer any more.`, { node: needs }));
      }
    },
    meanwhile(work) {
      others.add(work);
      void work.finally(() => others.delete(work));
    },
    async settled() {
      while (doings.size + others.size > 0) {
        await Promise.all([...[...doings.values()].map(({ done }) => done), ...others]);
      }
    },
  };
}

/** Ports to which nodes that did not answer in the last round are unreachable at once. */
function answering(
  { nodes, engines }: HeartbeatPorts,
  silent: () => ReadonlySet<string>,
): Pick<HeartbeatPorts, "nodes" | "engines"> {
  const refused = <T>({ name: node }: NodeSpec): Promise<T> =>
    Promise.reject(new PictlError("node-unreachable", `${node} does not answer.`, { node }));
  return {
    nodes: nodesWith(nodes, (node, signal) => (silent().has(node.name) ? refused(node) : nodes.connect(node, signal))),
    engines: { on: (node, signal) => (silent().has(node.name) ? refused(node) : engines.on(node, signal)) },
  };
}
