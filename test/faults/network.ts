/** Cables that are cut, in one direction or both, and links that go down. */
import type { Fault, Stage } from "./stage.ts";

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
