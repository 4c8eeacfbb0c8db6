import * as z from "zod/mini";
import { configSchema } from "../src/adapters/config/schema/index.ts";

/** One key of one kind of object in a config. */
export interface ConfigKey {
  readonly name: string;
  readonly schema: z.core.$ZodType;
  /** `layout[].NAME.args`; NAME is what the user chooses. */
  readonly path: string;
  readonly needed: boolean;
  /** The kinds of a check that have it; undefined for all. */
  readonly kinds?: readonly string[] | undefined;
}

/** The keys of every object of a config by the object's path, which is empty for the config itself. */
export function configKeys(): ReadonlyMap<string, readonly ConfigKey[]> {
  const found = new Map<string, readonly ConfigKey[]>();
  visit(configSchema, "", found);
  return found;
}

function visit(schema: z.core.$ZodType, path: string, found: Map<string, readonly ConfigKey[]>): void {
  const def = defOf(bare(schema));
  if (def.element) visit(def.element, `${path}[]`, found);
  if (def.type === "record" && def.valueType) visit(def.valueType, `${path}.NAME`, found);
  const objects = objectsIn(schema);
  if (objects.length === 0) return;
  const keys = keysOf(objects, path);
  found.set(path, keys);
  for (const key of keys) visit(key.schema, key.path, found);
}

/** What is read of zod's definitions. */
interface Def {
  readonly type: string;
  readonly innerType?: z.core.$ZodType;
  readonly element?: z.core.$ZodType;
  readonly valueType?: z.core.$ZodType;
  readonly options?: readonly z.core.$ZodType[];
  readonly shape?: Readonly<Record<string, z.core.$ZodType>>;
  readonly catchall?: z.core.$ZodType;
  readonly values?: readonly string[];
}

const defOf = (schema: z.core.$ZodType): Def => schema._zod.def;

/** Without what says that it may be left out or empty. */
function bare(schema: z.core.$ZodType): z.core.$ZodType {
  const { type, innerType } = defOf(schema);
  return (type === "optional" || type === "nullable") && innerType ? bare(innerType) : schema;
}

function objectsIn(schema: z.core.$ZodType): readonly Def[] {
  const def = defOf(bare(schema));
  if (def.type === "object") return [def];
  return def.type === "union" ? (def.options ?? []).flatMap(objectsIn) : [];
}

function keysOf(objects: readonly Def[], path: string): readonly ConfigKey[] {
  const keys: ConfigKey[] = objects.flatMap(({ shape = {}, catchall }) => {
    const kinds = shape["check"] && defOf(shape["check"]).values;
    const any = catchall && defOf(catchall).type !== "never" ? { NAME: catchall } : {};
    return Object.entries({ ...shape, ...any }).map(([name, schema]) => ({
      name,
      schema,
      path: path === "" ? name : `${path}.${name}`,
      needed: name !== "NAME" && defOf(schema).type !== "optional",
      kinds,
    }));
  });
  // An option that several kinds of a check share is one key.
  const same = (one: ConfigKey) => keys.filter(({ name, schema }) => name === one.name && schema === one.schema);
  return keys
    .filter((key) => same(key)[0] === key)
    .map((key) => {
      const kinds = same(key).flatMap((each) => each.kinds ?? []);
      return { ...key, kinds: kinds.length === objects.length ? undefined : kinds };
    })
    .sort((a, b) => Number(isKind(b)) - Number(isKind(a)));
}

/** Whether it says which kind of object this is. */
export function isKind({ schema }: ConfigKey): boolean {
  return defOf(schema).type === "literal";
}

export interface KeyText {
  readonly description: string;
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
}

/** What the schema says of it, wherever in its layers. */
export function textOf(schema: z.core.$ZodType): KeyText {
  const own = z.globalRegistry.get(schema);
  const { innerType } = defOf(schema);
  if (own?.description !== undefined) return own as KeyText;
  return innerType ? textOf(innerType) : { description: "" };
}

/**
 * The page with the list of keys between each pair of marks: `<!-- keys of PATH -->`, or `<!-- keys: name, name -->`
 * of the config itself. A key that stands before is not told again. Throws when a list names what the schema does not
 * have, and when the page lacks a key.
 */
export function withKeys(page: string): string {
  const all = configKeys();
  const told = new Set<z.core.$ZodType>();
  const lists = /(?<=<!-- keys(?: of (.+)|: (.+)) -->\n)[^]*?(?=<!-- end -->)/g;
  const text = page.replaceAll(lists, (_, path: string | undefined, names: string | undefined) => {
    const keys = chosen(all, path, names);
    const fresh = keys.filter(({ schema }) => !told.has(schema));
    const again = keys.filter(({ schema }) => told.has(schema)).map(({ name }) => code(name));
    for (const { schema } of keys) told.add(schema);
    const schemas = [...new Set(fresh.map(({ schema }) => schema))];
    const lines = schemas.map((schema) => keyLines(fresh.filter((key) => key.schema === schema)));
    return `\n${[...lines, ...(again.length === 0 ? [] : [`- ${again.join(", ")}: as above.`])].join("\n")}\n\n`;
  });
  const missing = [...all.values()].flat().filter(({ schema }) => !told.has(schema));
  if (missing.length > 0) throw new Error(`docs/config.md lacks ${missing.map(({ path }) => path).join(", ")}`);
  return text;
}

function chosen(
  all: ReadonlyMap<string, readonly ConfigKey[]>,
  path: string | undefined,
  names: string | undefined,
): readonly ConfigKey[] {
  const keys = all.get(path ?? "") ?? [];
  const wanted = names?.split(", ").map((name) => keys.find((key) => key.name === name)) ?? keys;
  const known = wanted.filter((key) => key !== undefined);
  if (known.length === 0 || known.length < wanted.length) {
    throw new Error(`docs/config.md: the schema has not all of ${path ?? names ?? ""}`);
  }
  return known;
}

/** The lines of keys that have one schema. */
function keyLines(keys: readonly ConfigKey[]): string {
  const [key] = keys;
  if (!key) return "";
  const { description, default: preset, examples = [] } = textOf(key.schema);
  const facts = [
    typeOf(key.schema),
    key.needed ? "needed" : undefined,
    preset === undefined ? undefined : `default ${code(JSON.stringify(preset))}`,
    !isKind(key) && key.kinds?.length ? `of ${key.kinds.join(", ")}` : undefined,
  ].filter((fact) => fact !== undefined);
  const names = keys.map(({ name }) => `**${code(name)}**`).join(", ");
  const head = `- ${names}${facts.length === 0 ? "" : ` (${facts.join("; ")})`}: ${description}`;
  return [head, ...examples.map((each) => `  Example: ${code(`${JSON.stringify(key.name)}: ${inJson(each)}`)}`)].join(
    "\n",
  );
}

/** What the check of a config says that it expects there. */
function typeOf(schema: z.core.$ZodType): string | undefined {
  const { type, values } = defOf(bare(schema));
  if (type === "literal") return values?.map((value) => code(JSON.stringify(value))).join(" or ");
  const message = z.safeParse(bare(schema), Symbol("nothing fits this")).error?.issues[0]?.message;
  return message?.replace(/^([^"{]*?): .*/, "$1");
}

/** JSON on one line, with the blanks of a person. */
function inJson(value: unknown): string {
  return JSON.stringify(value, null, 1)
    .replaceAll(/\n\s*/g, " ")
    .replaceAll(/(?<=[[{]) | (?=[\]}])/g, "");
}

function code(text: string): string {
  return `\`${text}\``;
}
