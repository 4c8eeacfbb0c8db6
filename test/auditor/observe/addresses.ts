/** Who has the virtual address: the kernel's own messages with its stamps, and a look at its tables every 100 ms. */
import { type AddressChange, now } from "../history.ts";
import { read } from "./nodes.ts";
import { program } from "./programs.ts";

/** `pid`: the node's first process. `write` gets the changes of `address`, with whatever prefix length. */
export function watchAddresses(
  node: string,
  pid: number,
  address: string,
  write: (change: AddressChange) => void,
): { stop(): void } {
  let begun: Omit<AddressChange, "validSeconds"> | undefined;
  return program(["ip", "-ts", "monitor", "address"], {
    net: pid,
    onLine: (line) => {
      const head = /^\[(\S+)\] (Deleted )?\d+: (\S+)\s+inet6? (\S+)/.exec(line);
      const [, stamp = "", deleted, device = "", found = ""] = head ?? [];
      if (head !== null) {
        const change = deleted === undefined ? "set" : "removed";
        begun =
          // An IPv6 address that is tentative does nothing yet, or never.
          found.split("/")[0] === address && (deleted !== undefined || !line.includes(" tentative"))
            ? { kind: "address", at: monotonic(stamp), node, change, address: found, device }
            : undefined;
        return;
      }
      const seconds = /valid_lft (?:(\d+)sec|forever)/.exec(line);
      if (begun === undefined || seconds === null) return;
      write({ ...begun, validSeconds: seconds[1] === undefined ? null : Number(seconds[1]) });
      begun = undefined;
    },
  });
}

/** Whether the kernel of `pid`'s network has the address. */
export function holds(pid: number, address: string): boolean {
  if (address.includes(":")) {
    const rows = read(`/proc/${pid}/net/if_inet6`).split("\n");
    return rows
      .map((row) => row.split(/\s+/))
      .some(([hex, , , , flags]) => hex === wholeHex(address) && isUsable(flags));
  }
  return new RegExp(`\\|-- ${address.replaceAll(".", "\\.")}\\n\\s+/32 host LOCAL`).test(
    read(`/proc/${pid}/net/fib_trie`),
  );
}

/** The time that `ip` prints is this machine's wall clock, without a zone. */
function monotonic(stamp: string): number {
  const [, micros = "0"] = stamp.split(".");
  const wall = new Date(stamp.replace(/\.\d+/, "")).getTime() + Number(micros) / 1000;
  const wallNow = performance.timeOrigin + performance.now();
  return Math.round((now() - (wallNow - wall)) * 1000) / 1000;
}

/** Neither tentative nor dadfailed, as linux/if_addr.h numbers them. */
function isUsable(flags = ""): boolean {
  return (parseInt(flags, 16) & 0x48) === 0;
}

function wholeHex(address: string): string {
  const [left = "", right] = address.split("::");
  const groups = (text: string): string[] => (text === "" ? [] : text.split(":"));
  const [before, after] = [groups(left), groups(right ?? "")];
  const zeros = right === undefined ? [] : Array<string>(8 - before.length - after.length).fill("0");
  return [...before, ...zeros, ...after].map((group) => group.padStart(4, "0").toLowerCase()).join("");
}
