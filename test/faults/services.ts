/** Power, sshd and dockerd of a node: gone, or there and silent. */
import type { Fault, Stage } from "./stage.ts";

/** Everything in the node ends at once; when it is healed, its disk is as it was. */
export function powerLoss(node: string): Fault {
  return {
    name: `${node}: power loss`,
    blocks: [node],
    inject: async ({ lab }) => {
      await lab.kill(node);
    },
    heal: startAgain(node),
  };
}

type Service = "sshd" | "dockerd";

/** Ends as an administrator ends it; sessions of sshd go on. */
export function stopped(node: string, service: Service): Fault {
  return {
    name: `${node}: ${service} stopped`,
    blocks: [node],
    inject: async ({ lab }) => {
      await lab.inside(node, `kill -TERM ${pidOf(service)}; ${untilGone(service)}`);
    },
    heal: startAgain(node),
  };
}

/** Ends without a word, sessions of sshd too. */
export function killed(node: string, service: Service): Fault {
  return {
    name: `${node}: ${service} killed`,
    blocks: [node],
    inject: async ({ lab }) => {
      const victims = service === "sshd" ? `$(pidof sshd)` : pidOf(service);
      await lab.inside(node, `kill -KILL ${victims}; ${untilGone(service)}`);
    },
    heal: startAgain(node),
  };
}

/** Is there and does nothing: connections are taken by the kernel and answered by nobody. */
export function hung(node: string, service: Service): Fault {
  const all = service === "sshd" ? `$(pidof sshd)` : pidOf(service);
  return {
    name: `${node}: ${service} hangs`,
    blocks: [node],
    inject: async ({ lab }) => {
      await lab.inside(node, `kill -STOP ${all}`);
    },
    heal: async ({ lab }) => {
      // A session whose client has gone may be gone too.
      await lab.inside(node, `kill -CONT ${all} || :`);
    },
  };
}

/** The listener hangs: new connections are not answered, those that are open go on. */
export function listenerHung(node: string): Fault {
  return {
    name: `${node}: sshd takes no new connections`,
    blocks: [node],
    inject: async ({ lab }) => {
      await lab.inside(node, `kill -STOP ${pidOf("sshd")}`);
    },
    heal: async ({ lab }) => {
      await lab.inside(node, `kill -CONT ${pidOf("sshd")}`);
    },
  };
}

function pidOf(service: Service): string {
  return service === "sshd" ? "$(cat /run/sshd.pid)" : "$(cat /run/docker.pid)";
}

/** The lab's first process leaves a file when a service has ended. */
function untilGone(service: Service): string {
  return `n=0; until [ -e /run/${service}.exit ] || [ $n = 200 ]; do n=$((n + 1)); sleep 0.1; done`;
}

function startAgain(node: string): (stage: Stage) => Promise<void> {
  return async ({ lab }) => {
    await lab.start(node);
  };
}
