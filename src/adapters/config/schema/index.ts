import * as z from "zod/mini";
import { hooks, heartbeatRow, layoutRow, nodeName, path } from "./layout.ts";
import {
  choice,
  described,
  dictionary,
  list,
  milliseconds,
  port,
  section,
  strict,
  text,
  toggle,
  whole,
} from "./values.ts";

const shellCommand = text("a shell command", /^[^\0]*\S[^\0]*$/);
const line = (expected: string) => text(expected, /^[^\r\n\0]*\S[^\r\n\0]*$/);
const url = () => text("a URL that begins with http:// or https://", /^https?:\/\/[^\s/]/);
const secret = (what: string) => text(`${what}, as env:NAME, file:PATH or in plain`, /./);

const ssh = {
  user: z.optional(text("a user name", /^[A-Za-z0-9_][A-Za-z0-9_.-]*\$?$/)),
  port: z.optional(port()),
  identity_file: z.optional(described(path(), "Private key, as OpenSSH's IdentityFile.")),
  proxy_jump: z.optional(
    described(text("hops such as user@host:port, separated by commas", /^[^\s-][^\s]*$/), "As OpenSSH's ProxyJump."),
  ),
  connect_timeout: z.optional(
    described(whole("a number of seconds, 1 or more", 1, 86_400), "Seconds, as OpenSSH's ConnectTimeout."),
  ),
  sudo: z.optional(described(toggle(), "Use sudo always or never; without it, where Docker needs it.")),
  known_hosts_file: z.optional(described(path(), "As OpenSSH's UserKnownHostsFile.")),
};

const node = strict(
  {
    address: z.optional(described(nodeName(), "What is connected to, when it is not the name.")),
    ...ssh,
    labels: section(dictionary(text("text"), "an object of labels")),
    cordoned: z.optional(described(toggle(), "Nothing new is placed on it (`pictl node cordon`).")),
  },
  'an object such as {"address": "10.0.0.7", "user": "pi"}',
);

const vipRow = strict(
  {
    node: nodeName(),
    vip_eth_device: described(text("a network device such as eth0", /^[^\s/:-][^\s/:]{0,14}$/), "Network device."),
    slave: z.optional(described(nodeName(), "Who is pinged from this node to see that its network works.")),
    vip_ping_time: z.optional(milliseconds()),
  },
  'an object such as {"node": "192.168.0.101", "vip_eth_device": "eth0"}',
);

const constraint = strict(
  { container: z.optional(described(line('"CONTAINER,HOST,HOST"'), "The container, then the hosts it may move to.")) },
  'an object such as {"container": "web,192.168.0.101,192.168.0.102"}',
);

/** A virtual IP, at the top level or in `vips`. */
const vip = {
  vip: described(section(list(vipRow, "a list of rows")), "Which nodes can hold the virtual IP."),
  vip_ip: z.optional(
    described(text("an IPv4 or IPv6 address without a prefix or a zone", ipAddress()), "The virtual IP."),
  ),
  vip_mode: z.optional(described(choice(["static", "lease"]), "Whether the address outlives its renewal (static).")),
  vip_lease: z.optional(
    described(whole("a number of milliseconds, 5000 or more", 5000, 3_600_000), "Lease, ms (15000)."),
  ),
  vip_preempt: z.optional(described(toggle(), "Whether a better candidate takes it from a healthy holder.")),
};

const vipName = described(
  text("a name of letters, digits, - and _", /^[A-Za-z0-9][A-Za-z0-9_-]*$/, 63),
  "What `pictl vip` calls it; its address when left out.",
);

/** Keys of the original and its later versions that pictl takes and ignores. */
const ignored = z.optional(z.unknown());

export const configSchema = strict(
  {
    $schema: z.optional(described(z.string({ error: "the URL or path of config.schema.json" }), "For editors.")),
    cluster: z.optional(
      described(
        text("a name of small letters, digits, - and _", /^[a-z0-9][a-z0-9_-]*$/, 63),
        "Which cluster the containers are labelled with (default).",
      ),
    ),
    docker: z.optional(described(path(), "Folder whose subfolders are build contexts, one for each container.")),
    dockerRegistries: described(
      section(list(text("a registry such as registry.example.com:5000", /^[A-Za-z0-9][^\s]*$/), "a list")),
      "Registries to search and pull from, beside Docker Hub.",
    ),
    layout: described(section(list(layoutRow, "a list of rows")), "Which container runs on which node, and how."),
    networks: described(
      section(
        dictionary(
          z.nullable(z.string({ error: 'a string of docker network create arguments ("" for none)' })),
          "an object of networks",
        ),
      ),
      "Networks that are made on a node before a container there uses them: a name, and arguments of `docker network create`.",
    ),
    nodes: described(section(dictionary(z.nullable(node), "an object of nodes")), "How each node is reached."),
    ssh: described(
      section(strict(ssh, "an object of SSH settings")),
      "How nodes are reached; ~/.ssh/config fills the rest.",
    ),
    hooks: described(section(hooks), "Commands or URLs that get events as JSON."),
    state_dir: z.optional(described(path(), "Where the event log, journals and locks live.")),

    hb: described(section(list(heartbeatRow, "a list of rows")), "What is checked of each container."),
    automatic_heartbeat: z.optional(
      described(toggle(), "Whether the daemon checks by itself; where this is missing, it does when there are checks."),
    ),
    heartbeat_interval: z.optional(described(milliseconds(), "Milliseconds between two rounds (30000).")),
    failover_after: z.optional(described(whole("a whole number, 1 or more", 1, 1000), "Consecutive failures (3).")),
    failover_policy: z.optional(described(choice(["random", "spread"]), "Which of the hosts a container moves to.")),
    container_host_constraints: described(
      section(list(constraint, "a list of rows")),
      "Where a container may be moved to when its heartbeats fail.",
    ),
    autostart_containers: z.optional(described(toggle(), "Start a node's containers when it comes back.")),

    ...vip,
    vips: described(
      section(
        list(strict({ name: z.optional(vipName), ...vip }, 'an object such as {"vip_ip": …, "vip": […]}'), "a list"),
      ),
      "More virtual IPs, each with the same keys as the one at the top level.",
    ),

    commandlist: described(
      section(list(dictionary(shellCommand, "an object of labels and commands"), "a list")),
      "Saved commands for `pictl run`.",
    ),
    syslog: z.optional(described(shellCommand, "The command that prints a node's system log.")),
    rsyslog_host: z.optional(nodeName()),
    rsyslog_logfile: z.optional(path()),
    kibana: z.optional(url()),
    elasticsearch: z.optional(url()),
    elasticsearch_index: z.optional(text("an index name", /^[a-z0-9][^\s\\/*?"<>|,#A-Z]*$/)),

    token: z.optional(secret("a token")),
    server_port: z.optional(port()),
    web_port: z.optional(port()),
    web_username: z.optional(text("a user name", /./)),
    web_password: z.optional(secret("a password")),
    web_connect: z.optional(text("an address", /^[^\s]+$/)),

    agent_port: ignored,
    ssl: ignored,
    ssl_self_signed: ignored,
    ssl_cert: ignored,
    ssl_key: ignored,
    theme: ignored,
    doc: ignored,
    doc_dir: ignored,
    monitoring: ignored,
    swarm_token: ignored,
    loadbalancer: ignored,
    functions: ignored,
    function_server: ignored,
    updater: ignored,
    reserved: ignored,
  },
  "an object with the sections of a config",
);

function ipAddress(): RegExp {
  const union = [z.regexes.ipv4, z.regexes.ipv6].map((regex) => regex.source.replace(/^\^|\$$/g, ""));
  return new RegExp(`^(?:${union.join("|")})$`);
}
