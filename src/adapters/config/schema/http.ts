import * as z from "zod/mini";
import { path } from "./layout.ts";
import { described, listOf, port, section, strict, textThat, toggle } from "./values.ts";

const secret = (what: string) => textThat(`${what}, as env:NAME, file:PATH or in plain`, /./);
const addressOf = (what: string) => textThat(what, /^[^\s/]+$/);

const tls = strict(
  {
    cert: described(path(), "The certificate, in PEM, with those that lead to its authority behind it.", {
      example: "/etc/pictl/cert.pem",
    }),
    key: described(path(), "Its private key, in PEM, without a passphrase.", { example: "/etc/pictl/key.pem" }),
  },
  'an object such as {"cert": "cert.pem", "key": "key.pem"}',
);

const http = strict(
  {
    host: z.optional(
      described(
        addressOf("an address of this machine, such as 0.0.0.0"),
        "Address that `pictl serve` listens on. Anything but loopback needs `tls` or `behind_proxy`.",
        { default: "127.0.0.1", example: "0.0.0.0" },
      ),
    ),
    tls: described(
      section(tls),
      "Serve HTTPS with this certificate; when its file changes it is read again. Without it, plain HTTP.",
      { example: { cert: "/etc/pictl/cert.pem", key: "/etc/pictl/key.pem" } },
    ),
    behind_proxy: z.optional(
      described(
        toggle(),
        "A proxy of `trusted_proxies` speaks HTTPS to the browsers, and plain HTTP to pictl. Nobody else is answered then.",
        { default: false, example: true },
      ),
    ),
    trusted_proxies: described(
      section(
        listOf(textThat("an IP address, or a network such as 10.0.0.0/8", /^[0-9A-Fa-f:.]+(\/\d{1,3})?$/), "a list"),
      ),
      "Addresses and networks of the proxies whose X-Forwarded-For, -Proto and -Host are believed. Without it, nobody's are.",
      { example: ["10.0.0.2", "fd00::/8"] },
    ),
    allowed_hosts: described(
      section(listOf(addressOf("a host name, without a port"), "a list")),
      "Names by which browsers may reach it, beside localhost, its address and `web_connect`; others are refused. Without it, there are no more.",
      { example: ["pictl.example.com"] },
    ),
    terminal: z.optional(
      described(
        toggle(),
        "Admins may open terminals on nodes and in containers from the web console: that is root's right on the nodes.",
        {
          default: false,
          example: true,
        },
      ),
    ),
    legacy_routes: z.optional(
      described(
        toggle(),
        "Answer the routes of the original PiCluster on `server_port`, for its clients, which put `token` into addresses.",
        { default: false, example: true },
      ),
    ),
  },
  "an object of settings of `pictl serve`",
);

/** What `pictl serve` reads. */
export const httpKeys = {
  http: described(section(http), "How `pictl serve` is reached. Without it, over loopback alone.", {
    example: { host: "0.0.0.0", tls: { cert: "cert.pem", key: "key.pem" } },
  }),
  token: z.optional(
    described(
      secret("a token"),
      "A token of the HTTP API with every right, and the one of its old routes. Better: `pictl serve token add`, which keeps only its digest. Without it, those tokens alone.",
      { example: "file:api.token" },
    ),
  ),
  server_port: z.optional(
    described(port(), "Port of the original's routes (`http.legacy_routes`).", { default: 3000, example: 3000 }),
  ),
  web_port: z.optional(
    described(port(), "Port of `pictl serve`: the web console and the API.", { default: 3003, example: 3003 }),
  ),
  web_username: z.optional(
    described(
      textThat("a user name", /./),
      "A user of the web console with every right. Better: `pictl serve user add`. Without it, those users alone.",
      { example: "admin" },
    ),
  ),
  web_password: z.optional(
    described(secret("a password"), "The password of `web_username`. Without it, there is no such user.", {
      example: "env:WEB_PASSWORD",
    }),
  ),
  web_connect: z.optional(
    described(
      textThat("an address", /^[^\s]+$/),
      "The server's address as browsers see it, which counts as one of `http.allowed_hosts`. Without it, there is none.",
      { example: "192.168.0.101" },
    ),
  ),
};

/** What later versions of PiCluster called the same. */
export const laterHttpKeys = {
  ssl: z.optional(
    described(toggle(), "PiCluster's switch for HTTPS with `ssl_cert` and `ssl_key`. Use `http.tls`.", {
      default: false,
      example: true,
    }),
  ),
  ssl_cert: z.optional(
    described(textThat("a path"), "What `http.tls.cert` is where `ssl` is on. Without it, there is none.", {
      example: "cert.pem",
    }),
  ),
  ssl_key: z.optional(
    described(textThat("a path"), "What `http.tls.key` is where `ssl` is on. Without it, there is none.", {
      example: "key.pem",
    }),
  ),
};
