/** Cables that are cut, in one direction or both, and links that go down. */
import { existsSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Fault, type Stage, until } from "./stage.ts";

/** Those whom the auditor plugs in; a fully isolated node must not reach them either. */
const AUDITORS = ["client", "observer"];

/** Off the whole network, its client and observer included; nobody is told. */
export function isolate(node: string): Fault {
  return {
    name: `${node}: cut off from everybody`,
    blocks: [node],
    inject: async ({ lab }) => {
      await lab.cut(node);
      const pairs = AUDITORS.flatMap((other) => [`"${other}" . "${node}"`, `"${node}" . "${other}"`]);
      await lab.onSwitch(`nft add element bridge pictl cuts '{ ${pairs.join(", ")} }'`);
    },
    heal: heal(node),
  };
}

/** Several nodes lose everybody within one instant, each other too. */
export function isolateMany(nodes: readonly string[]): Fault {
  return {
    name: `${nodes.join(", ")}: cut off from everybody at once`,
    blocks: nodes,
    inject: async ({ lab }) => {
      const ports = ["controller", ...lab.status().nodes.map(({ node }) => node), ...AUDITORS];
      const pairs = nodes.flatMap((node) =>
        ports.filter((port) => port !== node).flatMap((port) => [`"${port}" . "${node}"`, `"${node}" . "${port}"`]),
      );
      await lab.onSwitch(`nft add element bridge pictl cuts '{ ${[...new Set(pairs)].join(", ")} }'`);
    },
    heal: async ({ lab }) => {
      for (const node of nodes) await lab.heal(node);
    },
  };
}

/** Only the line between the controller and a node; everybody else reaches it. */
export function cutFromController(node: string): Fault {
  return {
    name: `${node}: cut off from the controller`,
    blocks: [node],
    inject: async ({ lab }) => {
      await lab.cut(node, { from: "controller" });
    },
    heal: heal(node),
  };
}

/**
 * The same, at the worst moment: when a grant was decided on, and its bytes are about to be sent. They wait in the cut
 * line until it heals. sshd drops them when a farewell comes along with them, so a daemon that `stands still` is the
 * worst: it goes on when they have arrived. For the node that has the address, and a daemon with `before-grant.ts`.
 */
export function cutBeforeGrant(node: string, sender: "goes on" | "stands still"): Fault {
  const still = sender === "stands still";
  return {
    name: `${node}: cut off from the controller before a grant, whose sender ${sender}`,
    blocks: still ? [node, "controller"] : [node],
    inject: async (stage) => {
      const { switchPid } = stage.lab.status();
      const pairs = `"controller" . "${node}", "${node}" . "controller"`;
      const cut = `nft add element bridge pictl cuts '{ ${pairs} }'`;
      const file = beforeGrantFile(stage.lab);
      await stage.lab.inside(node, "rm -f /run/late-grant");
      writeFileSync(`${file}.new`, `nsenter --target ${String(switchPid)} --net ${cut}`);
      renameSync(`${file}.new`, file);
      await until(stage, "the failpoint was reached", () => (existsSync(file) ? "not yet" : undefined));
      if (still) stage.daemon.signal("SIGSTOP");
    },
    heal: async (stage) => {
      await stage.lab.heal(node);
      if (!still) return;
      await until(stage, "the late grant has arrived", async () =>
        (await lateGrant(stage, node)) === "" ? "it has not" : undefined,
      );
      stage.daemon.signal("SIGCONT");
    },
  };
}

/** The exit code of the grant that came late, as a line; empty before. */
export function lateGrant({ lab }: Pick<Stage, "lab">, node: string): Promise<string> {
  return lab.inside(node, "cat /run/late-grant 2>/dev/null || :");
}

/** What arms the failpoint. */
export function beforeGrantFile(lab: Pick<Stage["lab"], "status">): string {
  return join(lab.status().dir, "before-grant");
}

/** What the node sends to the controller is lost, acknowledgements too; what is sent to it arrives. */
export function muteToController(node: string): Fault {
  return {
    name: `${node}: what it sends to the controller is lost`,
    blocks: [node],
    inject: async ({ lab }) => {
      await lab.cut(node, { from: "controller", oneWay: true });
    },
    heal: heal(node),
  };
}

/** What the controller sends to the node is lost; what the node sends arrives. */
export function deafToController(node: string): Fault {
  return {
    name: `${node}: what the controller sends to it is lost`,
    blocks: [node],
    inject: async ({ lab }) => {
      await lab.cut("controller", { from: node, oneWay: true });
    },
    heal: heal(node),
  };
}

/** Several nodes lose the controller within one instant. */
export function cutManyFromController(nodes: readonly string[]): Fault {
  return {
    name: `${nodes.join(", ")}: cut off from the controller at once`,
    blocks: nodes,
    inject: async ({ lab }) => {
      const pairs = nodes.flatMap((node) => [`"controller" . "${node}"`, `"${node}" . "controller"`]);
      await lab.onSwitch(`nft add element bridge pictl cuts '{ ${pairs.join(", ")} }'`);
    },
    heal: async ({ lab }) => {
      for (const node of nodes) await lab.heal(node);
    },
  };
}

/** The controller reaches nobody. */
export const isolateController: Fault = {
  name: "controller: cut off from everybody",
  blocks: ["controller"],
  inject: async ({ lab }) => {
    await lab.cut("controller");
  },
  heal: heal("controller"),
};

/** What these nodes ping does not answer them; all else does. */
export function targetUnreachable(nodes: readonly string[], target: string): Fault {
  const rule = `OUTPUT -p icmp -d ${target} -j DROP`;
  return {
    name: `${nodes.join(", ")}: ${target} does not answer a ping`,
    blocks: [],
    inject: async ({ lab }) => {
      for (const node of nodes) await lab.inside(node, `iptables -I ${rule}`);
    },
    heal: async ({ lab }) => {
      // A node that lost its power in between has forgotten it.
      for (const node of nodes) await lab.inside(node, `iptables -D ${rule} || :`);
    },
  };
}

/** No carrier: the node notices. */
export function linkDown(node: string): Fault {
  return {
    name: `${node}: link down`,
    blocks: [node],
    inject: async ({ lab }) => {
      await lab.onSwitch(`ip link set ${node} down`);
    },
    heal: async ({ lab }) => {
      await lab.onSwitch(`ip link set ${node} up`);
    },
  };
}

/** A loose plug: the link goes down and up by itself until it is healed. */
export function flapping(node: string, everyMs: number): Fault {
  let stop = (): Promise<void> => Promise.resolve();
  return {
    name: `${node}: link flaps every ${everyMs} ms`,
    blocks: [node],
    inject: ({ lab }) => {
      const ending = new AbortController();
      const flap = async (): Promise<void> => {
        for (let up = false; !ending.signal.aborted; up = !up) {
          await lab.onSwitch(`ip link set ${node} ${up ? "up" : "down"}`);
          await new Promise((resolve) => setTimeout(resolve, everyMs));
        }
      };
      const flaps = flap();
      stop = async () => {
        ending.abort();
        await flaps;
      };
      return Promise.resolve();
    },
    heal: async ({ lab }) => {
      await stop();
      await lab.onSwitch(`ip link set ${node} up`);
    },
  };
}

function heal(port: string): (stage: Stage) => Promise<void> {
  return async ({ lab }) => {
    await lab.heal(port);
  };
}
