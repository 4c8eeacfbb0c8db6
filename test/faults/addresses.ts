/** What happens to the virtual address and to what carries it. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { plugIn } from "../auditor/observe/network.ts";
import type { Fault, Stage } from "./stage.ts";

/** Somebody outside of the cluster uses the address too. */
export function addressTaken(): Fault {
  let leave: () => void = () => undefined;
  return {
    name: "a stranger takes the virtual address",
    blocks: [],
    touches: ["n1", "n2", "n3"],
    inject: async ({ lab }) => {
      const file = join("/run/pictl-lab", lab.name, "switch");
      const stranger = await plugIn(file, "stranger", `${vip({ lab })}/32`);
      leave = () => {
        stranger.stop();
      };
    },
    heal: async () => {
      leave();
    },
  };
}

/** Removed from its holder, as a restart of the network service does. */
export function addressRemoved(node: string): Fault {
  return byHand(node, "removed by hand", ({ lab }) => `ip address del ${vip({ lab })}/32 dev eth0 || :`);
}

/** Added where it should not be; pictl leaves alone what it has not given. */
export function addressAdded(node: string, prefix: 24 | 32): Fault {
  const place = ({ lab }: Pick<Stage, "lab">): string => `${vip({ lab })}/${prefix} dev eth0`;
  return {
    ...byHand(node, `added by hand as /${prefix}`, (stage) => `ip address add ${place(stage)}`),
    heal: async (stage) => {
      await stage.lab.inside(node, `ip address del ${place(stage)} || :`);
    },
  };
}

/** The node's own address goes; nobody reaches it. */
export function primaryRemoved(node: string): Fault {
  const own = ({ lab }: Pick<Stage, "lab">): string =>
    `${lab.node(node).address}/${lab.status().subnet.split("/")[1] ?? ""}`;
  return {
    name: `${node}: its own address is removed`,
    blocks: [node],
    touches: [node],
    inject: async ({ lab }) => {
      await lab.inside(node, `ip address del ${own({ lab })} dev eth0`);
    },
    heal: async ({ lab }) => {
      await lab.inside(node, `ip address replace ${own({ lab })} brd + dev eth0`);
    },
  };
}

/** A node without any arping, busybox's among them. */
export function arpingMissing(node: string): Fault {
  const programs = "$(command -v arping) $(command -v busybox)";
  return {
    name: `${node}: arping is missing`,
    blocks: [],
    inject: async ({ lab }) => {
      await lab.inside(node, `for path in ${programs}; do mount --bind /dev/null "$(readlink -f "$path")"; done`);
    },
    heal: async ({ lab }) => {
      await lab.inside(
        node,
        `for path in ${programs} /usr/bin/arping /usr/bin/busybox; do umount "$(readlink -f "$path")" || :; done 2>/dev/null`,
      );
    },
  };
}

function byHand(node: string, what: string, script: (stage: Pick<Stage, "lab">) => string): Fault {
  return {
    name: `${node}: the virtual address is ${what}`,
    blocks: [],
    touches: [node],
    inject: async ({ lab }) => {
      await lab.inside(node, script({ lab }));
    },
    heal: () => Promise.resolve(),
  };
}

function vip({ lab }: Pick<Stage, "lab">): string {
  return (JSON.parse(readFileSync(lab.status().config, "utf8")) as { vip_ip: string }).vip_ip;
}
