import { PictlError } from "../../domain/errors.ts";
import { allRegistered } from "../files/record.ts";
import { runHere } from "../machine/run.ts";
import { capacity, formatSubnet, overlaps, parseSubnet, pickSubnet, type Subnet } from "./subnet.ts";

/**
 * The network for a new lab: the one asked for, else the first free one. Throws usage when it is too small, or taken
 * by this machine's own addresses and routes or by another lab.
 */
export async function chooseSubnet(
  lab: { name: string; nodes: number; subnet: string | null },
  signal?: AbortSignal,
): Promise<string> {
  const taken = await takenSubnets(lab.name, signal);
  if (lab.subnet === null) {
    const picked = pickSubnet(
      lab.nodes,
      taken.map(({ subnet }) => subnet),
    );
    if (picked !== undefined) return formatSubnet(picked);
    throw new PictlError("usage", `No network of 10.77.0.0/16 is free for ${lab.nodes} nodes.`, {
      hint: "Choose one with --subnet.",
    });
  }
  const subnet = parseSubnet(lab.subnet);
  if (subnet === undefined) {
    throw new PictlError("usage", `"${lab.subnet}" is no IPv4 network.`, {
      hint: "Give one as in `--subnet 10.77.5.0/24`.",
    });
  }
  if (capacity(subnet) < lab.nodes) {
    throw new PictlError("usage", `${lab.subnet} has room for ${capacity(subnet)} nodes, not for ${lab.nodes}.`, {
      hint: "Give a larger network with --subnet, or leave it out.",
    });
  }
  const clash = taken.find((other) => overlaps(other.subnet, subnet));
  if (clash !== undefined) {
    throw new PictlError("usage", `${lab.subnet} overlaps ${formatSubnet(clash.subnet)}, which ${clash.owner} uses.`, {
      hint: "Give another network with --subnet, or leave it out.",
    });
  }
  return lab.subnet;
}

/** Networks that this machine has a route to (the default route left out) and those of other labs. */
async function takenSubnets(lab: string, signal?: AbortSignal): Promise<{ subnet: Subnet; owner: string }[]> {
  const routes = JSON.parse(
    await runHere("read this machine's routes", ["ip", "-4", "-json", "route", "show", "table", "all"], { signal }),
  ) as {
    dst: string;
  }[];
  const own = routes.map(({ dst }) => parseSubnet(dst.includes("/") ? dst : `${dst}/32`));
  const labs = allRegistered().filter((record) => record.name !== lab);
  // Labs first: this machine's route to one is there because of it.
  return [
    ...labs.map((record) => ({ subnet: parseSubnet(record.subnet), owner: `lab "${record.name}"` })),
    ...own.map((subnet) => ({ subnet, owner: "this machine" })),
  ].flatMap(({ subnet, owner }) => (subnet === undefined || subnet.bits === 0 ? [] : [{ subnet, owner }]));
}
