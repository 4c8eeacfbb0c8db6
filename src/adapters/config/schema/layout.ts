import * as z from "zod/mini";
import { nodeNameMaxLength, nodeNamePattern } from "../../../domain/config/names.ts";
import { choice, described, dictionary, list, section, strict, text, toggle, whole } from "./values.ts";
import { check } from "./checks.ts";

export const nodeName = () =>
  text(
    "a node name: a host name or an IP address, without a user or a port (those are `user` and `port` under `ssh` or `nodes.NAME`)",
    nodeNamePattern,
    nodeNameMaxLength,
  );

export const path = () => text("a path", /^[^\0]+$/);

export const hooks = strict(
  {
    on_move: z.optional(text("a command or a URL", /\S/)),
    on_failover: z.optional(text("a command or a URL", /\S/)),
    on_vip_change: z.optional(text("a command or a URL", /\S/)),
    on_heartbeat_failure: z.optional(text("a command or a URL", /\S/)),
    on_switch: z.optional(
      described(
        text("a command or a URL", /\S/),
        "Tells a proxy of the new copy while the old one runs, too; it must succeed before the old one stops.",
      ),
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
        z.union([whole(share, 1, 10_000), text(share, /^(?:[1-9]\d?|100)%$/)], { error: share }),
        "How many copies are replaced at a time, or which share of them (1).",
      ),
    ),
    swap: z.optional(
      described(
        choice(["stop-first"]),
        "The old copy stops before the new one starts, also where both could run for a moment.",
      ),
    ),
  },
  'an object such as {"at_once": 2}',
);

const container = strict(
  {
    args: z.optional(described(z.string({ error: "a string of docker run arguments" }), "Arguments of `docker run`.")),
    image: z.optional(
      described(text("an image reference such as registry/name:tag", imageReference), "Run this image; build nothing."),
    ),
    command: z.optional(
      described(
        z.union([z.string(), list(z.string({ error: "a word of the command" }), "a list of words")], {
          error:
            'the command and its arguments, as a list of words (["redis-server", "--appendonly", "yes"]) or a string',
        }),
        "What to run in it instead of the image's own command (CMD): a list of words, or a string that is split like one.",
      ),
    ),
    restart: z.optional(
      described(
        choice(["never"]),
        "never: it is meant to end (a migration, a backup); ended with 0 it is done, and is not run again unasked.",
      ),
    ),
    build: z.optional(described(path(), "Folder to build from, instead of the one under `docker`.")),
    env: described(section(dictionary(environmentValue(), "an object of names and values")), "Environment variables."),
    env_file: z.optional(
      described(
        path(),
        "File of NAME=value lines on this machine, as `docker run --env-file` reads it; its values stay out of command lines.",
      ),
    ),
    secrets: described(
      section(dictionary(text("env:NAME, file:PATH or the secret itself", /./), "an object of names and secrets")),
      "Environment variables whose values stay out of command lines: env:NAME, file:PATH or the secret itself.",
    ),
    hooks: section(hooks),
    after: described(
      section(list(text("a container's name", /\S/), "a list of container names")),
      "Containers that must do their work before this one is made or replaced by the same command.",
    ),
    patience: z.optional(
      described(
        whole("a number of seconds from 1 to 3600", 1, 3600),
        "Seconds a new copy may take until its check succeeds, before the old one is brought back (30, or as long as its HEALTHCHECK takes).",
      ),
    ),
    update: described(section(update), "How its copies are replaced."),
    shared: z.optional(described(toggle(), "Its volumes are reachable from every node, so it may be moved unasked.")),
  },
  "docker run arguments, or an object",
);

function environmentValue() {
  return z.pipe(
    z.union([z.string(), z.number(), z.boolean()], { error: "a string, a number or true or false" }),
    z.transform(String),
  );
}

export const layoutRow = z.catchall(
  z.object({ node: nodeName() }, { error: 'an object such as {"node": "192.168.0.100", "web": "-p 80:80"}' }),
  z.union([z.string(), z.null(), container], {
    error: 'a string of docker run arguments ("" for none), or an object such as {"args": "-p 80:80"}',
  }),
);

export const heartbeatRow = z.catchall(
  z.object({ node: nodeName() }, { error: 'an object such as {"node": "192.168.0.100", "web": "80"}' }),
  check,
);
