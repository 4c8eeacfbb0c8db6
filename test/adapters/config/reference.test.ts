import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import * as z from "zod/mini";
import { configKeys, isKind, textOf, withKeys } from "../../../scripts/config-reference.ts";
import { openConfigStore } from "../../../src/adapters/config/index.ts";
import { formatProblem } from "../../../src/domain/config/findings/problem.ts";
import { temporaryFile } from "./folder.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const page = readFileSync(join(root, "docs/config.md"), "utf8");
const blocks = [...page.matchAll(/^```(json|yaml)\n([^]*?)^```$/gm)].map(([, language = "", text = ""]) => ({
  language,
  text,
}));
/** The cluster that all other examples of the page are about. */
const base = JSON.parse(blocks[0]?.text ?? "") as { readonly layout: object };

const keys = [...configKeys().values()].flat();
const top = configKeys().get("") ?? [];

async function problems(text: string): Promise<readonly string[]> {
  const store = openConfigStore(temporaryFile(text, "config.yaml"), { env: { WEB_PASSWORD: "x" } });
  return (await store.inspect()).problems.map((each) => `${each.severity}: ${formatProblem(each)}`);
}

test("docs/config.md is fresh and has every key (`npx tsx scripts/schema.ts` writes its lists)", () => {
  expect(withKeys(page)).toBe(page);
});

test("a page that lacks a key, or names one that is none, is refused", () => {
  expect(() => withKeys(page.replace("keys of hooks", "keys of vip[]"))).toThrow(/lacks .*hooks\.on_move/);
  expect(() => withKeys(page.replace("keys of hooks", "keys of hook"))).toThrow("has not all of hook");
});

test.each(keys)("$path says what it is for, and what is so without it", ({ name, schema, needed }) => {
  const { description, default: preset } = textOf(schema);
  expect(description.match(/\w{2,}/g)?.length ?? 0, description).toBeGreaterThanOrEqual(5);
  expect(description).toMatch(/\.$/);
  const told = preset !== undefined || /Without (?:it|a row)|no (?:command uses it|effect)/.test(description);
  expect(needed || name === "NAME" || told, description).toBe(true);
});

describe("examples", () => {
  const ignored = (description: string): boolean => description.includes("has no effect");
  const exemplary = keys.filter((key) => !isKind(key) && !ignored(textOf(key.schema).description));

  test.each(exemplary)("that of $path fits", ({ schema }) => {
    const { examples = [] } = textOf(schema);
    expect(examples).toHaveLength(1);
    expect(z.safeParse(schema, examples[0])).toMatchObject({ success: true });
  });

  test.each(top.filter((key) => exemplary.includes(key)))("$path of a whole config", async ({ name, schema }) => {
    const [example] = textOf(schema).examples ?? [];
    const found = await problems(JSON.stringify({ ...base, [name]: example }));
    expect(found.filter((each) => each.startsWith("error"))).toEqual([]);
  });

  test.each(blocks)("a block of the page: $text", async ({ language, text }) => {
    const rest = /^layout:/m.test(text) ? "" : `layout: ${JSON.stringify(base.layout)}\n`;
    const whole = language === "yaml" ? `${text}${rest}` : JSON.stringify({ ...base, ...(JSON.parse(text) as object) });
    expect(await problems(whole)).toEqual([]);
  });
});

test("the configs in the README have nothing wrong", async () => {
  const configs = [...readFileSync(join(root, "README.md"), "utf8").matchAll(/^```json\n([^]*?)^```$/gm)];
  expect(configs.length).toBeGreaterThan(1);
  for (const [, text = ""] of configs) expect(await problems(text)).toEqual([]);
});

describe("a default is what counts where the key is left out:", () => {
  /** One object of each kind that is built from what is written. */
  const places: Readonly<Record<string, readonly (string | number)[]>> = {
    "": [],
    "layout[].NAME": ["layout", 0, "web"],
    "nodes.NAME": ["nodes", "n1"],
    "vip[]": ["vip", 0],
  };
  const document = () => ({
    docker: "docker",
    layout: [{ node: "n1", web: {} }],
    nodes: { n1: {} },
    hb: [{ node: "n1", web: 80 }],
    vip_ip: "10.0.0.15",
    vip: [{ node: "n1", vip_eth_device: "eth0" }],
    elasticsearch: "http://n1:9200",
  });
  const cases = Object.entries(places).flatMap(([path, place]) =>
    (configKeys().get(path) ?? []).flatMap(({ name, schema }) => {
      const { default: preset } = textOf(schema);
      return preset === undefined ? [] : [{ name, place, preset }];
    }),
  );

  test.each(cases)("$name $preset", async ({ name, place, preset }) => {
    const path = temporaryFile("");
    const meaning = async (value: object) => {
      writeFileSync(path, JSON.stringify(value));
      return (await openConfigStore(path, { env: {}, home: "/home/u" }).read()).config;
    };
    const written = document();
    const target = place.reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], written) as object;
    Object.assign(target, { [name]: preset });
    expect(await meaning(written)).toEqual(await meaning(document()));
  });
});

describe("with another value of a key the config means something else:", () => {
  /** Keys that change nothing, and why they are there. */
  const idle: readonly string[] = [
    "$schema", // For editors alone.
    "layout[].NAME.hooks.on_vip_change", // Of what no container has.
    "layout[].NAME.hooks.on_node_change",
    "layout[].NAME.hooks.on_failure",
    "layout[].NAME.hooks.on_leader_change",
  ];
  /** What stands there instead of the example. */
  const others: Readonly<Record<string, unknown>> = {
    networks: { back: "--subnet 10.9.0.0/24" },
    hb: [{ node: "n1", web: 81 }],
    automatic_heartbeat: "disabled",
    rsyslog_host: "n2",
    server_port: 3001,
    web_port: 3004,
    witnesses: ["n1", "n2", "n4"],
    "layout[].node": "n3",
    "notify[].on": ["node.*"],
    "notify[].every": "7m",
    "hb[].node": "n2",
    "hb[].NAME.host": "shop",
    "vip[].node": "n3",
    "vip[].vip_eth_device": "eth1",
    "vips[].vip_ip": "10.0.0.17",
    "vips[].vip[].node": "n3",
    "vips[].vip[].vip_eth_device": "eth1",
  };
  /** What a key needs beside it to count. */
  const beside: Readonly<Record<string, object>> = {
    witnesses: { layout: ["n1", "n2", "n3", "n4"].map((node) => ({ node, web: {} })) },
    networks: { layout: [{ node: "n1", web: "--network back" }] },
    "layout[].node": { hb: [] },
    rsyslog_host: { rsyslog_logfile: "/var/log/syslog" },
    rsyslog_logfile: { rsyslog_host: "n1" },
    ssl: { ssl_cert: "cert.pem", ssl_key: "key.pem", http: {} },
    ssl_cert: { ssl: true, ssl_cert: "a.pem", ssl_key: "a.key", http: {} },
    ssl_key: { ssl: true, ssl_cert: "a.pem", ssl_key: "a.key", http: {} },
    "http.behind_proxy": { http: { trusted_proxies: ["10.0.0.2"] } },
    "elasticsearch_auth.api_key": { elasticsearch_auth: { api_key: "file:other" } },
    "hb[].NAME.command": { hb: [{ node: "n1", web: { check: "exec", command: "true" } }] },
  };
  const document = (path: string): Record<string, unknown> => ({
    docker: "docker",
    layout: [
      { node: "n1", web: {}, db: {} },
      { node: "n2", web: {} },
    ],
    nodes: { n1: {}, n2: {}, n3: {}, n4: {} },
    hb: [{ node: "n1", web: { check: "http", port: 80 } }],
    vip_ip: "10.0.0.14",
    vip: [{ node: "n1", vip_eth_device: "eth0" }],
    vips: [{ name: "cache", vip_ip: "10.0.0.18", vip: [{ node: "n1", vip_eth_device: "eth0" }] }],
    notify: [{ to: "https://chat.example.com/hook" }],
    elasticsearch: "http://n1:9200",
    elasticsearch_auth: { username: "shop", password: "file:other" },
    http: { tls: { cert: "a.pem", key: "a.key" } },
    ...structuredClone(beside[path]),
  });
  const counting = keys.filter(
    (key) =>
      key.name !== "NAME" &&
      !isKind(key) &&
      !idle.includes(key.path) &&
      !textOf(key.schema).description.includes("has no effect"),
  );

  test.each(counting)("$path", async ({ path, schema }) => {
    const file = temporaryFile("");
    const meaning = async (value: object) => {
      writeFileSync(file, JSON.stringify(value));
      const store = openConfigStore(file, { env: { WEB_PASSWORD: "x" }, home: "/home/u" });
      return (await store.read()).config;
    };
    const value = others[path] ?? textOf(schema).examples?.[0];
    expect(
      await meaning(withKey(document(path), path, value)),
      `${path}: ${JSON.stringify(value)} is taken and changes nothing: src/domain/config has to make something of it. If it does, but not of its example or not in this document, say so in \`others\` or \`beside\`.`,
    ).not.toEqual(await meaning(document(path)));
  });
});

/** The document with a key of a path such as `layout[].NAME.args`; NAME is `web`, or the node `n1`. */
function withKey(whole: object, path: string, value: unknown): object {
  const steps = path.split(/\.|(?=\[\])/);
  let at = whole as Record<string, unknown>;
  steps.forEach((step, index) => {
    const key = step === "[]" ? "0" : step === "NAME" ? (steps[0] === "nodes" ? "n1" : "web") : step;
    if (index === steps.length - 1) at[key] = value;
    else at = (at[key] = at[key] ?? (steps[index + 1] === "[]" ? [] : {})) as Record<string, unknown>;
  });
  return whole;
}
