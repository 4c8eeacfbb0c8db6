import * as z from "zod/mini";
import { nodeName, path } from "./layout.ts";
import { described, dictionary, port, section, strict, textThat, toggle, wholeOf } from "./values.ts";

/** How a node is reached, under `ssh` and `nodes.NAME`. */
export const ssh = {
  user: z.optional(
    described(
      textThat("a user name", /^[A-Za-z0-9_][A-Za-z0-9_.-]*\$?$/),
      "Who logs in on the node: root, or one who may use Docker or sudo. Without it, as OpenSSH: ~/.ssh/config, else your own name.",
      { example: "pi" },
    ),
  ),
  port: z.optional(
    described(port(), "Port of the node's sshd. Without it, what ~/.ssh/config says, else 22.", { example: 2222 }),
  ),
  identity_file: z.optional(
    described(path(), "Private key, as OpenSSH's IdentityFile. Without it, the agent's keys and the usual files.", {
      example: "~/.ssh/cluster",
    }),
  ),
  proxy_jump: z.optional(
    described(
      textThat("hops such as user@host:port, separated by commas", /^[^\s-][^\s]*$/),
      "Hosts to go through, as OpenSSH's ProxyJump. Without it, what ~/.ssh/config says.",
      { example: "ops@gate.example.com:22" },
    ),
  ),
  connect_timeout: z.optional(
    described(
      wholeOf("a number of seconds, 1 or more", 1, 86_400),
      "Seconds that connecting may take, as OpenSSH's ConnectTimeout. Raise it for slow lines; lower it to learn sooner that a node is away. Without it, what ~/.ssh/config says, else 10.",
      { example: 5 },
    ),
  ),
  sudo: z.optional(
    described(toggle(), "Use sudo always or never. Without it, where Docker needs it.", { example: true }),
  ),
  known_hosts_file: z.optional(
    described(
      path(),
      "File of the host keys that are trusted, as OpenSSH's UserKnownHostsFile. Without it, what ~/.ssh/config says, else ~/.ssh/known_hosts.",
      { example: "known_hosts" },
    ),
  ),
};

export const nodeSchema = strict(
  {
    address: z.optional(
      described(nodeName(), "Host name or IP address to connect to. Without it, the node's name.", {
        example: "10.0.0.7",
      }),
    ),
    ...ssh,
    labels: described(
      section(dictionary(textThat("text"), "an object of labels")),
      "Words of your own, by which `--node label=value` picks nodes. Without it, the node has none.",
      { example: { rack: "a", disk: "ssd" } },
    ),
    builder: z.optional(
      described(
        toggle(),
        "Images for machines of its kind are built on it and given to the others; without any builder, on the first node that wants the image.",
        { default: false, example: true },
      ),
    ),
    cordoned: z.optional(
      described(toggle(), "Nothing new is placed on it (`pictl node cordon`); what runs there goes on.", {
        default: false,
        example: true,
      }),
    ),
  },
  'an object such as {"address": "10.0.0.7", "user": "pi"}',
);
