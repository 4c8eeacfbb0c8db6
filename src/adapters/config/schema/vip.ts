import * as z from "zod/mini";
import { nodeName } from "./layout.ts";
import { choice, described, listOf, milliseconds, section, strict, textThat, toggle, wholeOf } from "./values.ts";

const vipRow = strict(
  {
    node: described(nodeName(), "A node that can hold the address; earlier rows come first.", { example: "n1" }),
    vip_eth_device: described(
      // A kernel takes more; but nobody names a device `$(id)`, and `%d` is where it counts.
      textThat("a network device such as eth0", /^(?!\.{1,2}$)[\w.@+~,=#][\w.@+~,=#-]{0,14}$/),
      "Network device of the node that gets the address.",
      { example: "eth0" },
    ),
    slave: z.optional(
      described(
        nodeName(),
        "Who is pinged from this node to see that its network works: another candidate, or a router. Without it, nobody is.",
        { example: "10.0.0.1" },
      ),
    ),
    vip_ping_time: z.optional(
      described(
        milliseconds(),
        "How often the nodes are looked at; the smallest of all rows counts, at most once a second. Lower it to take over sooner; raise it to bear short breaks and ask less.",
        { default: 10_000, example: "5000" },
      ),
    ),
  },
  'an object such as {"node": "192.168.0.101", "vip_eth_device": "eth0"}',
);

/** A virtual IP, at the top level or in `vips`. */
export const vip = {
  vip_ip: z.optional(
    described(
      textThat("an IPv4 or IPv6 address without a prefix or a zone", ipAddress()),
      "The virtual IP: an address that no machine has. Without it, there is none.",
      { example: "10.0.0.15" },
    ),
  ),
  vip: described(
    section(listOf(vipRow, "a list of rows")),
    "Which nodes can hold the virtual IP, the preferred one first. Without it, nobody gets it.",
    { example: [{ node: "n1", vip_eth_device: "eth0", slave: "10.0.0.1" }] },
  ),
  vip_mode: z.optional(
    described(
      choice(["static", "lease"]),
      "static: the address stays where it is when the daemon dies. lease: it ends by itself unless it is renewed, so that two nodes never have it.",
      { default: "static", example: "lease" },
    ),
  ),
  vip_lease: z.optional(
    described(
      wholeOf("a number of milliseconds, 5000 or more", 5000, 3_600_000),
      "How long a lease lasts; it is renewed every third of it. Lower it to take over sooner; raise it to bear longer breaks of the line to the holder.",
      { default: 15_000, example: 30_000 },
    ),
  ),
  vip_preempt: z.optional(
    described(
      toggle(),
      "An earlier row takes the address back from a healthy holder, once it has been well for three minutes.",
      { default: false, example: true },
    ),
  ),
};

export const vipName = described(
  textThat("a name of letters, digits, - and _", /^[A-Za-z0-9][A-Za-z0-9_-]*$/, 63),
  "What `pictl vip` calls it. Without it, its address.",
  { example: "db" },
);

function ipAddress(): RegExp {
  const union = [z.regexes.ipv4, z.regexes.ipv6].map((regex) => regex.source.replace(/^\^|\$$/g, ""));
  return new RegExp(`^(?:${union.join("|")})$`);
}
