/** What can be done to the nodes, the network, the address and the controller of a virtual IP. */
import {
  addressAdded,
  addressRemoved,
  addressTaken,
  arpingMissing,
  primaryRemoved,
} from "../../test/faults/addresses.ts";
import { daemonKilled, daemonPaused, daemonStopped, secondDaemon } from "../../test/faults/controller.ts";
import * as network from "../../test/faults/network.ts";
import type { Chance } from "../../test/faults/random.ts";
import { hung, killed, powerLoss, stopped } from "../../test/faults/services.ts";
import { all, type Fault } from "../../test/faults/stage.ts";

export interface Kind {
  readonly name: string;
  /** `holder`: happens to who has the address, `other`: to another candidate, `any`: to whom chance picks. */
  readonly to: "holder" | "other" | "any";
  /** How often it is chosen, beside the others. */
  readonly weight: number;
  /**
   * The node serves nobody any more, so another one has to. `lease`: only where its lease ends; it still answers for the
   * virtual address, and one that has no end stays where somebody answers.
   */
  readonly loss?: "any" | "lease";
  /** Nothing else may happen meanwhile. */
  readonly alone?: true;
  /** Over at once. */
  readonly brief?: true;
  /** May happen while something else does. */
  readonly overlaps?: true;
  make(node: string, chance: Chance, slave: string): Fault;
}

const all3 = ["n1", "n2", "n3"];

export const kinds: readonly Kind[] = [
  { name: "holder dead", to: "holder", weight: 3, loss: "any", alone: true, make: powerLoss },
  { name: "node dead", to: "any", weight: 1, overlaps: true, make: powerLoss },
  { name: "holder isolated", to: "holder", weight: 3, loss: "any", alone: true, make: network.isolate },
  { name: "holder without carrier", to: "holder", weight: 1, loss: "any", alone: true, make: network.linkDown },
  { name: "holder's own address removed", to: "holder", weight: 1, loss: "lease", alone: true, make: primaryRemoved },
  { name: "cut from the controller", to: "holder", weight: 2, make: network.cutFromController },
  { name: "cut, node to controller", to: "any", weight: 1, overlaps: true, make: network.muteToController },
  { name: "cut, controller to node", to: "any", weight: 1, overlaps: true, make: network.deafToController },
  { name: "controller cut from all", to: "any", weight: 1, make: () => network.isolateController },
  { name: "cut before the grant", to: "holder", weight: 3, make: (node) => network.cutBeforeGrant(node, "goes on") },
  {
    name: "cut before the grant, its sender stands still",
    to: "holder",
    weight: 2,
    alone: true,
    make: (node) => network.cutBeforeGrant(node, "stands still"),
  },
  {
    name: "link flaps",
    to: "any",
    weight: 1,
    make: (node, chance) => network.flapping(node, Math.round(chance.between(300, 2000))),
  },
  {
    name: "sshd gone or hung",
    to: "holder",
    weight: 2,
    make: (node, chance) => chance.pick([hung, killed, stopped])(node, "sshd"),
  },
  { name: "address taken by a stranger", to: "any", weight: 1, make: addressTaken },
  {
    name: "address taken by a stranger, removed from the holder",
    to: "holder",
    weight: 1,
    make: (node) => all("and the holder has lost it", [addressTaken(), addressRemoved(node)]),
  },
  { name: "address removed by hand", to: "holder", weight: 1, brief: true, alone: true, make: addressRemoved },
  {
    name: "address added by hand",
    to: "other",
    weight: 2,
    brief: true,
    alone: true,
    make: (node) => addressAdded(node, 24),
  },
  { name: "arping missing", to: "holder", weight: 1, make: arpingMissing },
  { name: "daemon killed", to: "any", weight: 2, make: () => daemonKilled },
  { name: "daemon stands still", to: "any", weight: 2, overlaps: true, make: () => daemonPaused },
  { name: "daemon terminated", to: "any", weight: 2, make: () => daemonStopped },
  { name: "two daemons", to: "any", weight: 1, make: secondDaemon },
  {
    name: "two daemons, the first stands still",
    to: "any",
    weight: 2,
    make: () => all("and the first one stands still", [secondDaemon(), daemonPaused]),
  },
  {
    name: "slave unreachable for one",
    to: "holder",
    weight: 1,
    make: (node, _, slave) => network.targetUnreachable([node], slave),
  },
  {
    name: "slave unreachable for all",
    to: "any",
    weight: 1,
    make: (_, __, slave) => network.targetUnreachable(all3, slave),
  },
];
