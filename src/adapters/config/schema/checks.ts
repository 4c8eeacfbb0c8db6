import * as z from "zod/mini";
import { type CheckKindName, checkKinds } from "../../../domain/config/types.ts";
import { choice, described, port, milliseconds, strict, textThat, toggle, wholeOf } from "./values.ts";

const timeout = z.optional(
  described(
    milliseconds(),
    "How long one try may take until it counts as failed. Raise it for what answers slowly under load; lower it to notice sooner.",
    { default: 5000, example: 10_000 },
  ),
);

const via = z.optional(
  described(
    choice(["controller", "node"]),
    "Who connects: the machine pictl runs on, or the node itself over SSH, which also reaches what is published on its loopback address. A ping via the node goes to the container's own address.",
    { default: "controller", example: "node" },
  ),
);

const grace = z.optional(
  described(
    wholeOf("a number of milliseconds, 0 or more", 0, 2 ** 31 - 1),
    "For so long after a start of the container a check that fails only says that it is still starting. Raise it for what starts slowly; with 0 every failure counts at once. A longer `patience` of the layout entry counts where this is not said.",
    { default: 30_000, example: 120_000 },
  ),
);

/** The key that picks the kind. */
const kind = <const Kind extends CheckKindName>(name: Kind, description: string) =>
  described(z.literal(name), description);

const checkPort = described(
  port(),
  "The port to connect to: the one that the container publishes, not the one inside it.",
  {
    example: 8080,
  },
);

const tcp = strict(
  { check: kind("tcp", "Well when the port takes a connection."), port: checkPort, timeout, grace, via },
  "a tcp check",
);

const http = strict(
  {
    check: kind("http", "Well when a GET has the right status, and the text that it should have."),
    port: checkPort,
    path: z.optional(
      described(textThat('a path that begins with "/"', /^\/[^\s]*$/), "The path to ask for, with its query.", {
        default: "/",
        example: "/health",
      }),
    ),
    tls: z.optional(
      described(toggle(), "Speak HTTPS. The certificate is not checked: this asks whether it works, not who it is.", {
        default: false,
        example: true,
      }),
    ),
    host: z.optional(
      described(
        textThat("a Host header", /^[^\s]+$/),
        "The name to ask for, where one server has several sites. Without it, the node's address.",
        { example: "shop.example.com" },
      ),
    ),
    status: z.optional(
      described(
        wholeOf("an HTTP status from 100 to 599", 100, 599),
        "The only status that counts as well. Without it, any from 200 to 399.",
        { example: 204 },
      ),
    ),
    body: z.optional(
      described(
        textThat("text that the answer must contain"),
        "Text that the first 64 KB of the answer must contain. Without it, any answer will do.",
        { example: "ready" },
      ),
    ),
    timeout,
    grace,
    via,
  },
  "an http check",
);

const exec = strict(
  {
    check: kind("exec", "Well when a command in the container ends with exit code 0."),
    command: described(textThat("a shell command", /\S/), "The command, for `sh -c` in the container.", {
      example: "pg_isready -q",
    }),
    timeout,
    grace,
  },
  "an exec check",
);

const docker = strict(
  {
    check: kind("docker", "Well when the container's own HEALTHCHECK says so; without one, when it runs."),
    timeout,
    grace,
  },
  "a docker check",
);

const ping = strict({ check: kind("ping", "Well when the node answers a ping."), timeout, grace, via }, "a ping check");

/** By their names, so that none is forgotten. */
const options = { tcp, http, exec, docker, ping } satisfies Readonly<Record<CheckKindName, z.core.$ZodType>>;
type Options = (typeof options)[CheckKindName];
const names = Object.keys(checkKinds).map((name) => JSON.stringify(name));

/** What an `hb` row says of a container: a port, or an object whose `check` picks the kind. */
export const checkSchema = z.union(
  [
    port(),
    z.discriminatedUnion("check", Object.values(options) as [Options, ...Options[]], {
      error: `one of ${names.join(", ")}`,
    }),
  ],
  {
    error: 'a port number from 1 to 65535, or an object such as {"check": "http", "port": 80}',
  },
);
