import type { HeartbeatPorts, Ports, VipPorts } from "../../app/ports.ts";
import { daemonPid } from "../../app/daemon/status.ts";
import { showVips } from "../../app/vip/show.ts";
import type { NodeSpec } from "../../domain/config/types.ts";
import { type Failure, PictlError } from "../../domain/errors.ts";
import type { Model } from "../model.ts";
import type { Bell } from "./bell.ts";
import type { Feed, LiveSources } from "./feed.ts";

/** In between, the nodes themselves tell who has it. */
const everyMs = 30_000;
/** Looks that are asked for at once are no more than this. */
const leastMs = 1000;

/** Looks at the virtual IPs and at who could have them, and tells. Rejects when the signal aborts. */
export async function watchVips(feed: Feed, { daemon }: Pick<LiveSources, "daemon">, bell: Bell): Promise<never> {
  const { ports, board } = feed;
  const { clock, signal } = ports;
  for (;;) {
    const { config } = board.current().config;
    if (config.vips.length > 0) {
      try {
        const { result, failures } = await showVips(
          answering(ports, () => board.current()),
          {
            config,
            sections: config.vips,
            state: daemon.vip,
            daemonPid: daemonPid(daemon),
          },
        );
        for (const row of result.vips) {
          board.tell({ kind: "vip", row, failures: ofVip(failures, row.vip), atMs: clock.now() });
        }
      } catch {
        signal.throwIfAborted();
      }
    }
    await clock.sleep(leastMs, signal);
    await bell.wait(everyMs, signal);
    signal.throwIfAborted();
  }
}

/** What is said of a node is said of it elsewhere. */
function ofVip(failures: readonly Failure[], ip: string): readonly Failure[] {
  const words = ({ message }: Failure): readonly string[] => message.split(/[\s,;]+|[.:](?=\s|$)/);
  return failures.filter((failure) => failure.node === undefined && words(failure).includes(ip));
}

/** The one connection that each node has; one that does not answer is not waited for. */
function answering(ports: HeartbeatPorts & VipPorts, current: () => Model): HeartbeatPorts & VipPorts {
  const connect: Ports["nodes"]["connect"] = (node: NodeSpec, signal) => {
    const live = current().nodes.get(node.name);
    if (live?.state === "answering") return ports.nodes.connect(node, signal);
    const code = live?.failure?.code ?? "node-unreachable";
    return Promise.reject(new PictlError(code, `${node.name} does not answer.`, { node: node.name }));
  };
  const nodes = { connect, discard: () => undefined, close: () => Promise.resolve() };
  return { ...ports, nodes, vipNodes: nodes };
}
