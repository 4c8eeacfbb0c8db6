import * as z from "zod/mini";
import { elasticKeys } from "./elastic.ts";
import { httpKeys, laterHttpKeys } from "./http.ts";
import { hooks, heartbeatRow, layoutRow, nodeName, path } from "./layout.ts";
import { nodeSchema, ssh } from "./nodes.ts";
import { notifyRow } from "./notify.ts";
import { vip, vipName } from "./vip.ts";
import {
  choice,
  described,
  dictionary,
  listOf,
  milliseconds,
  section,
  strict,
  textThat,
  toggle,
  wholeOf,
} from "./values.ts";

const shellCommand = () => textThat("a shell command", /^[^\0]*\S[^\0]*$/);
const line = (expected: string) => textThat(expected, /^[^\r\n\0]*\S[^\r\n\0]*$/);

const constraint = strict(
  {
    container: z.optional(
      described(
        line('"CONTAINER,HOST,HOST"'),
        "The container, then the hosts it may move to, separated by commas. Without it, the row says nothing.",
        { example: "web,n1,n2" },
      ),
    ),
  },
  'an object such as {"container": "web,192.168.0.101,192.168.0.102"}',
);

/** Keys of the original and its later versions that pictl takes and ignores. */
const ignored = z.optional(
  described(z.unknown(), "A key of PiCluster that has no effect here; `pictl config check` says why."),
);

export const configSchema = strict(
  {
    $schema: z.optional(
      described(
        z.string({ error: "the URL or path of config.schema.json" }),
        "For editors: they complete and check the file by it. Without it, they know nothing of it.",
        { example: "./config.schema.json" },
      ),
    ),
    cluster: z.optional(
      described(
        textThat("a name of small letters, digits, - and _", /^[a-z0-9][a-z0-9_-]*$/, 63),
        "Name that the containers are labelled with. Give each cluster its own where two share a node.",
        { default: "default", example: "shop" },
      ),
    ),
    docker: z.optional(
      described(
        path(),
        "Folder whose subfolders are build contexts, one for each container. Without it, only containers with `build` are built.",
        { example: "/root/docker" },
      ),
    ),
    dockerRegistries: described(
      section(listOf(textThat("a registry such as registry.example.com:5000", /^[A-Za-z0-9][^\s]*$/), "a list")),
      "Registries that `pictl search` asks beside Docker Hub. Without it, Docker Hub alone.",
      { example: ["registry.example.com:5000"] },
    ),
    layout: described(
      section(listOf(layoutRow, "a list of rows")),
      "Which container runs on which node, and how: one row for each node. Without it, nothing runs.",
      { example: [{ node: "n1", web: "-p 80:80" }] },
    ),
    networks: described(
      section(
        dictionary(
          z.nullable(
            described(
              z.string({ error: 'a string of docker network create arguments ("" for none)' }),
              "A network, by its name: its arguments of `docker network create`.",
              { example: "--subnet 10.9.0.0/24" },
            ),
          ),
          "an object of networks",
        ),
      ),
      "Networks that are made on a node before a container there uses them: a name, and arguments of `docker network create`. Without it, none is made.",
      { example: { back: "--subnet 10.9.0.0/24", front: "" } },
    ),
    nodes: described(
      section(dictionary(z.nullable(nodeSchema), "an object of nodes")),
      "How each node is reached, by its name in the layout. Without it, as `ssh` and ~/.ssh/config say.",
      { example: { n1: { address: "10.0.0.11", labels: { rack: "a" } } } },
    ),
    ssh: described(
      section(strict(ssh, "an object of SSH settings")),
      "How all nodes are reached, where `nodes` does not say otherwise. Without it, as ~/.ssh/config says.",
      { example: { user: "pi", identity_file: "~/.ssh/cluster" } },
    ),
    hooks: described(
      section(hooks),
      "Commands or URLs that get events as JSON. Without it, the events are in `pictl log` alone.",
      { example: { on_failover: "https://pager.example.com/hook" } },
    ),
    notify: described(
      section(listOf(notifyRow, "a list of rows")),
      "Who is told of what happens, by `pictl daemon`: one message when something begins and one when it ends. Without it, nobody is.",
      { example: [{ to: "env:ALERTS_URL", on: ["node.*", "*.failed"], every: "5m" }] },
    ),
    state_dir: z.optional(
      described(
        path(),
        "Where the event log, journals and locks live. Without it, /var/lib/pictl for root, else ~/.local/state/pictl.",
        { example: "/srv/pictl" },
      ),
    ),

    witnesses: described(
      section(listOf(nodeName(), "a list of nodes")),
      "The 3, 5 or 7 nodes that elect which of several daemons leads: more than half of them must answer for that. Spread them over racks and switches. Without it, all nodes are, up to seven; of more, the first seven by their names.",
      { example: ["n1", "n2", "n3"] },
    ),
    stale_config: z.optional(
      described(
        choice(["go-on", "refuse"]),
        "What a daemon does that takes over, and whose layout lacks containers of the last leader's, or has some that had left it: leave those alone and look after the others, or do nothing at all before the layout is changed.",
        { default: "go-on", example: "refuse" },
      ),
    ),
    hb: described(
      section(listOf(heartbeatRow, "a list of rows")),
      "What is checked of each container. Without it, no container is.",
      { example: [{ node: "n1", web: 80, db: { check: "exec", command: "pg_isready -q" } }] },
    ),
    automatic_heartbeat: z.optional(
      described(
        toggle(),
        "Whether `pictl daemon` makes the checks and acts on them. Without it, it does when `hb` has entries.",
        { example: "enabled" },
      ),
    ),
    heartbeat_interval: z.optional(
      described(
        milliseconds(),
        "Time between two rounds of checks, at least 1000. Lower it to act sooner; raise it to bear short faults and ask the nodes less.",
        { default: 30_000, example: 10_000 },
      ),
    ),
    failover_after: z.optional(
      described(
        wholeOf("a whole number, 1 or more", 1, 1000),
        "How many failures of a check in a row make a container move. Raise it to give restarts more tries; lower it to move sooner.",
        { default: 3, example: 5 },
      ),
    ),
    failover_policy: z.optional(
      described(
        choice(["random", "spread"]),
        "Which of its hosts a container moves to: any, or the one with the fewest containers.",
        { default: "random", example: "spread" },
      ),
    ),
    container_host_constraints: described(
      section(listOf(constraint, "a list of rows")),
      "Where a container may be moved to when it, or its node, fails. Without a row for it, it is only restarted.",
      { example: [{ container: "web,n1,n2" }] },
    ),
    autostart_containers: z.optional(
      described(toggle(), "`pictl daemon` starts a node's containers when the node comes back.", {
        default: false,
        example: "enabled",
      }),
    ),

    ...vip,
    vips: described(
      section(
        listOf(strict({ name: z.optional(vipName), ...vip }, 'an object such as {"vip_ip": …, "vip": […]}'), "a list"),
      ),
      "More virtual IPs, each with the same keys as the one at the top level. Without it, there are no more.",
      { example: [{ name: "db", vip_ip: "10.0.0.16", vip: [{ node: "n2", vip_eth_device: "eth0" }] }] },
    ),

    commandlist: described(
      section(listOf(dictionary(shellCommand(), "an object of labels and commands"), "a list")),
      "Saved commands for `pictl run`, each under its label. Without it, there are none.",
      { example: [{ Kernel: "uname -s" }, { DiskSpace: "df -h /" }] },
    ),
    syslog: z.optional(
      described(
        shellCommand(),
        "The command that prints a node's system log, for `pictl syslog`. Without it, the end of the journal, of /var/log/syslog or messages, or of dmesg.",
        { example: "dmesg" },
      ),
    ),
    rsyslog_host: z.optional(
      described(nodeName(), "The node where all logs are collected, for `pictl rsyslog`. Without it, there is none.", {
        example: "n1",
      }),
    ),
    rsyslog_logfile: z.optional(
      described(path(), "The file on `rsyslog_host` with the collected logs. Without it, there is none.", {
        example: "/var/log/syslog",
      }),
    ),
    ...elasticKeys,

    ...httpKeys,
    ...laterHttpKeys,

    agent_port: ignored,
    ssl_self_signed: ignored,
    theme: ignored,
    doc: ignored,
    doc_dir: ignored,
    swarm_token: ignored,
    loadbalancer: ignored,
    functions: ignored,
    function_server: ignored,
    updater: ignored,
    reserved: ignored,
  },
  "an object with the sections of a config",
);
