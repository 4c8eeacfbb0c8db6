import * as z from "zod/mini";
import { choice, described, port, milliseconds, strict, text, toggle, whole } from "./values.ts";

const timeout = z.optional(described(milliseconds(), "Milliseconds until the check counts as failed (5000)."));
const via = z.optional(
  described(choice(["controller", "node"]), "Who connects: the machine pictl runs on, or the node itself over SSH."),
);

const grace = z.optional(
  described(
    whole("a number of milliseconds, 0 or more", 0, 2 ** 31 - 1),
    "Milliseconds after a start of the container in which a check that fails only says that it is still starting (30000).",
  ),
);

const tcp = strict({ check: z.literal("tcp"), port: port(), timeout, grace, via }, "a tcp check");

const http = strict(
  {
    check: z.literal("http"),
    port: port(),
    path: z.optional(text('a path that begins with "/"', /^\/[^\s]*$/)),
    tls: z.optional(toggle()),
    host: z.optional(text("a Host header", /^[^\s]+$/)),
    status: z.optional(whole("an HTTP status from 100 to 599", 100, 599)),
    body: z.optional(described(text("text that the answer must contain"), "Text that the answer must contain.")),
    timeout,
    grace,
    via,
  },
  "an http check",
);

const exec = strict(
  {
    check: z.literal("exec"),
    command: described(text("a shell command", /\S/), "Runs in the container; exit code 0 means healthy."),
    timeout,
    grace,
  },
  "an exec check",
);

const docker = strict({ check: z.literal("docker"), timeout, grace }, "a docker check");

const ping = strict({ check: z.literal("ping"), timeout, grace, via }, "a ping check");

const kinds = 'one of "tcp", "http", "exec", "docker", "ping"';

/** What an `hb` row says of a container: a port, or an object whose `check` picks the kind. */
export const check = z.union(
  [port(), z.discriminatedUnion("check", [tcp, http, exec, docker, ping], { error: kinds })],
  {
    error: 'a port number from 1 to 65535, or an object such as {"check": "http", "port": 80}',
  },
);
