import * as z from "zod/mini";
import { nodeNameMaxLength, nodeNamePattern } from "../../../domain/config/findings/names.ts";
import { choice, described, dictionary, listOf, section, strict, textThat, toggle, wholeOf } from "./values.ts";
import { checkSchema } from "./checks.ts";

export const nodeName = () =>
  textThat(
    "a node name: a host name or an IP address, without a user or a port (those are `user` and `port` under `ssh` or `nodes.NAME`)",
    nodeNamePattern,
    nodeNameMaxLength,
  );

export const path = () => textThat("a path", /^[^\0]+$/);

const hook = (description: string, example: string) =>
  z.optional(
    described(textThat("a command or a URL", /\S/), `${description} Without it, nobody is told.`, { example }),
  );

export const hooks = strict(
  {
    on_move: hook("After a container was moved on purpose.", "./tell-dns"),
    on_failover: hook("After a container was moved because it, or its node, failed.", "https://pager.example.com/hook"),
    on_vip_change: hook("After a virtual IP got another holder, or none.", "./tell-dns"),
    on_heartbeat_failure: hook(
      "When a check of a container begins to fail, and when it fails no more; once for all containers of a node that is dead.",
      "https://pager.example.com/hook",
    ),
    on_switch: hook(
      "Tells a proxy of the new copy while the old one runs, too; it must succeed before the old one stops.",
      "./switch-proxy",
    ),
    on_node_change: hook(
      "When a node falls silent, refuses us or has a Docker that does not answer, and when it is back; told by the daemon.",
      "./tell-me",
    ),
    on_failure: hook(
      "When something failed that was done: a container that could not be created, an image, a move, a failover; told by the daemon.",
      "https://pager.example.com/hook",
    ),
    on_leader_change: hook(
      "When another daemon leads, none does, or this one had ended without a word; told by the daemon.",
      "./tell-me",
    ),
  },
  "an object of hooks, each a command or a URL that gets the event as JSON",
);

const imageReference = /^[A-Za-z0-9][A-Za-z0-9._:/-]*(?:@sha256:[0-9a-f]{64})?$/;

const share = 'a whole number of 1 or more, or a share such as "25%"';

const update = strict(
  {
    at_once: z.optional(
      described(
        z.union([wholeOf(share, 1, 10_000), textThat(share, /^(?:[1-9]\d?|100)%$/)], { error: share }),
        "How many copies are replaced at a time, or which share of them. Raise it to be done sooner; lower it to lose fewer at once when a version is bad.",
        { default: 1, example: "25%" },
      ),
    ),
    swap: z.optional(
      described(
        choice(["stop-first"]),
        "The old copy stops before the new one starts, also where both could run for a moment. Without it, pictl takes the way that loses least.",
        { example: "stop-first" },
      ),
    ),
    on_failure: z.optional(
      described(
        choice(["rollback"]),
        "When a copy does not pass its check, also those that were replaced before it are put back, as far as this machine remembers what they were. Without it, they stay, and the rollout stops.",
        { example: "rollback" },
      ),
    ),
  },
  'an object such as {"at_once": 2}',
);

const container = strict(
  {
    args: z.optional(
      described(
        z.string({ error: "a string of docker run arguments" }),
        "Arguments of `docker run`, split into words as a shell would; nothing is replaced in them.",
        { default: "", example: "-p 80:80 -v web-data:/data" },
      ),
    ),
    image: z.optional(
      described(
        textThat("an image reference such as registry/name:tag", imageReference),
        "Run this image of a registry; nothing is built. Without it, an image is built and has the container's name.",
        { example: "redis:7" },
      ),
    ),
    command: z.optional(
      described(
        z.union([z.string(), listOf(z.string({ error: "a word of the command" }), "a list of words")], {
          error:
            'the command and its arguments, as a list of words (["redis-server", "--appendonly", "yes"]) or a string',
        }),
        "What to run in it: a list of words, or a string that is split like one. Without it, the image's own command (CMD).",
        { example: ["redis-server", "--appendonly", "yes"] },
      ),
    ),
    restart: z.optional(
      described(
        choice(["never"]),
        "It is meant to end (a migration, a backup): ended with 0 it is done, and is not run again unasked. Without it, it is meant to run on.",
        { example: "never" },
      ),
    ),
    build: z.optional(
      described(path(), "Folder to build from. Without it, the one of the container's name under `docker`.", {
        example: "./web",
      }),
    ),
    env: described(
      section(dictionary(environmentValue(), "an object of names and values")),
      "Environment variables, which stand in the arguments of `docker run`. Without it, it gets none here.",
      { example: { TZ: "Europe/Berlin", WORKERS: 4 } },
    ),
    env_file: z.optional(
      described(
        path(),
        "File of NAME=value lines on this machine, as `docker run --env-file` reads it; its values stay out of command lines. Without it, no file is read.",
        { example: "web.env" },
      ),
    ),
    secrets: described(
      section(dictionary(textThat("env:NAME, file:PATH or the secret itself", /./), "an object of names and secrets")),
      "Environment variables whose values stay out of command lines, each as env:NAME, file:PATH or the secret itself. Without it, it gets no secrets.",
      { example: { DB_PASSWORD: "file:db.password" } },
    ),
    hooks: described(
      section(hooks),
      "Hooks of this container, beside those of the config: `on_move`, `on_failover`, `on_heartbeat_failure` and `on_switch` count here. Without it, only the config's are run.",
      { example: { on_move: "./tell-dns" } },
    ),
    after: described(
      section(listOf(textThat("a container's name", /\S/), "a list of container names")),
      "Containers that must do their work before this one is made or replaced by the same command. Without it, it waits for none.",
      { example: ["db"] },
    ),
    renamed_from: z.optional(
      described(
        textThat("a container's name", /\S/),
        "What it was called before: `apply` and `create` replace the container of that name on the same node, and take over its volumes. Without it, a new name is a new container.",
        { example: "web" },
      ),
    ),
    patience: z.optional(
      described(
        wholeOf("a number of seconds from 1 to 3600", 1, 3600),
        "Seconds that a new copy may take until its check succeeds, before the old one is brought back. Raise it for what starts slowly; lower it to be back sooner. Without it, 30, or as long as its HEALTHCHECK takes.",
        { example: 120 },
      ),
    ),
    update: described(section(update), "How its copies are replaced. Without it, one after the other.", {
      example: { at_once: "25%" },
    }),
    shared: z.optional(
      described(
        toggle(),
        "Other nodes see the same data in its volumes, or can do without it, so it may fail over although it has some.",
        { default: false, example: true },
      ),
    ),
  },
  "docker run arguments, or an object",
);

function environmentValue() {
  return z.pipe(
    z.union([z.string(), z.number(), z.boolean()], { error: "a string, a number or true or false" }),
    z.transform(String),
  );
}

const rowNode = (description: string) => described(nodeName(), description, { example: "n1" });

export const layoutRow = z.catchall(
  z.object(
    { node: rowNode("The node; every other key of the row is a container on it.") },
    { error: 'an object such as {"node": "192.168.0.100", "web": "-p 80:80"}' },
  ),
  described(
    z.union([z.string(), z.null(), container], {
      error: 'a string of docker run arguments ("" for none), or an object such as {"args": "-p 80:80"}',
    }),
    "A container, by its name: its arguments of `docker run`, or an object with the keys below.",
    { example: { image: "nginx:1.27", args: "-p 80:80" } },
  ),
);

export const heartbeatRow = z.catchall(
  z.object(
    { node: rowNode("The node; every other key of the row is a container that the layout has there.") },
    { error: 'an object such as {"node": "192.168.0.100", "web": "80"}' },
  ),
  described(
    checkSchema,
    "A container, by its name: a port that must take a connection, or an object with the keys below.",
    {
      example: { check: "http", port: 80, path: "/health" },
    },
  ),
);
