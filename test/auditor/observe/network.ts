/**
 * Those who use the virtual address: a client that asks it over TCP, and an observer that asks who has it. Each has a
 * network namespace and a port of the switch of its own, so that one's neighbour table is not fed by the other's
 * questions.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, readlinkSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type ArpReply, now, type Probe } from "../history.ts";
import { processIn } from "./nodes.ts";
import { program } from "./programs.ts";

/** Where a node answers with its name; a client of the virtual address so sees who served it. */
const PORT = 7;

/** Plugs somebody new into the switch; gives a process in its network namespace, with which it goes. */
export async function plugIn(
  switchFile: string,
  port: string,
  address: string,
): Promise<{ readonly pid: number; stop(): void }> {
  const held = program(["unshare", "--net", "sleep", "infinity"]);
  const hub = processIn(switchFile);
  if (held.pid === undefined || hub === undefined)
    throw new Error(`cannot plug ${port} into the switch: it is not there`);
  const pid = held.pid;
  await ownNetwork(pid);
  const enter = (of: number, ...words: string[]): void => {
    execFileSync("nsenter", [`--net=/proc/${of}/ns/net`, ...words], { stdio: "pipe" });
  };
  // The kernel takes a while to clear away a namespace, and the port of the one before us with it.
  enter(hub, "sh", "-c", `! ip link show ${port} >/dev/null 2>&1 || ip link delete ${port} 2>/dev/null || :`);
  enter(hub, "ip", "link", "add", port, "type", "veth", "peer", "name", "eth0", "netns", String(pid));
  enter(hub, "ip", "link", "set", port, "master", "br0", "up");
  enter(pid, "ip", "address", "add", address, "dev", "eth0", ...(address.includes(":") ? ["nodad"] : []));
  enter(pid, "ip", "link", "set", "eth0", "up");
  enter(pid, "ip", "link", "set", "lo", "up");
  return {
    pid,
    stop: () => {
      held.stop();
    },
  };
}

/**
 * Makes those in a network believe what they have heard of an IPv6 neighbour, until they hear something else. By itself a
 * kernel goes on asking after 15 to 45 seconds, which would now and then hide that nothing was announced.
 */
export function neverForget(net: number): void {
  const file = "/proc/sys/net/ipv6/neigh/eth0/base_reachable_time_ms";
  execFileSync("nsenter", [`--net=/proc/${net}/ns/net`, "sh", "-c", `echo 3600000 >${file}`], { stdio: "pipe" });
}

/** Four questions a second, each to everybody. */
export function watchAnswers(net: number, address: string, write: (reply: ArpReply) => void): void {
  if (address.includes(":")) {
    watchNeighbour(net, address, write);
    return;
  }
  for (const delay of [0, 250, 500, 750]) {
    setTimeout(() => {
      program(["arping", "-b", "-I", "eth0", address], {
        net,
        onLine: (line) => {
          const mac = /reply from \S+ \[([0-9A-F:]+)\]/i.exec(line)?.[1];
          if (mac !== undefined) write({ kind: "arp", at: now(), mac: mac.toLowerCase() });
        },
      });
    }, delay);
  }
}

/** The kernel asks anew whenever it has forgotten, and tells of each answer: the second one to a question too. */
function watchNeighbour(net: number, address: string, write: (reply: ArpReply) => void): void {
  program(["ip", "-6", "monitor", "neigh"], {
    net,
    onLine: (line) => {
      const [, neighbour, mac] = /^(\S+) dev eth0 lladdr (\S+) .*REACHABLE/.exec(line) ?? [];
      if (neighbour === address && mac !== undefined) write({ kind: "arp", at: now(), mac });
    },
  });
  const ask = `ip -6 neigh flush to ${address} dev eth0; ping -6 -q -c 1 -W 1 ${address} &`;
  program(["sh", "-c", `while :; do ${ask} sleep 0.25; done >/dev/null 2>&1`], { net });
}

/** Four connections a second, whatever became of those before. */
export function watchService(net: number, address: string, write: (probe: Probe) => void): void {
  // Both are built into one folder: see `startAuditor`.
  const client = fileURLToPath(new URL("client.mjs", import.meta.url));
  program([process.execPath, client, address, String(PORT), "250"], {
    net,
    onLine: (line) => {
      write(JSON.parse(line) as Probe);
    },
  });
}

/** Answers on a node for as long as it has power; needs nothing of the node but its network. */
export function answerAs(node: string, pid: number, folder: string): { stop(): void } {
  const pages = `${folder}/${node}`;
  mkdirSync(pages, { recursive: true });
  writeFileSync(`${pages}/node`, node);
  return program(["busybox", "httpd", "-f", "-p", String(PORT), "-h", pages], { net: pid });
}

async function ownNetwork(pid: number): Promise<void> {
  const ours = readlinkSync("/proc/self/ns/net");
  for (const end = now() + 5000; now() < end; await new Promise((resolve) => setTimeout(resolve, 5))) {
    if (readlinkSync(`/proc/${pid}/ns/net`) !== ours) return;
  }
  throw new Error("no network namespace for an observer");
}
