import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import * as z from "zod/mini";
import { configKeys, isKind, textOf, withKeys } from "../../../scripts/config-reference.ts";
import { openConfigStore } from "../../../src/adapters/config/index.ts";
import { formatProblem } from "../../../src/domain/config/problem.ts";
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

/** Keys that no code reads, and why they are there. */
const unread: Readonly<Record<string, string>> = { $schema: "for editors alone" };

test("every key is read somewhere", () => {
  // Types only repeat what the schema says.
  const skipped = /\/config\/schema\/|\/config\/(?:raw|types)\.ts$/;
  const text = ["src/domain/config", "src/adapters", "src/checks"]
    .flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }).map((f) => join(folder, f)),
    )
    .filter((file) => file.endsWith(".ts") && !skipped.test(file))
    .map((file) => readFileSync(join(root, file), "utf8"))
    .join("\n");
  const words = new Set(text.match(/[\w$]+/g));
  const names = [...new Set(keys.map(({ name }) => name))].filter((name) => name !== "NAME");
  const camel = (name: string): string => name.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
  expect(names.filter((name) => !words.has(name) && !words.has(camel(name)))).toEqual(Object.keys(unread));
});
