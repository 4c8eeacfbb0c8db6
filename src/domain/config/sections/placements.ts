import { buildHooks } from "./hooks.ts";
import { findExpansions } from "../document/expansions.ts";
import { containerNamePattern, isContainerName, repositoryPattern } from "../findings/names.ts";
import { buildNetworks, networksUsed } from "./networks.ts";
import type { ConfigPath } from "../document/path.ts";
import type { Findings } from "../findings/problem.ts";
import type { RawConfig, RawContainer, RawLayoutRow, RawUpdate } from "../raw.ts";
import { parseSecretSource } from "../secrets/secret-source.ts";
import type { NetworkSpec, Placement, UpdateSettings } from "../types.ts";
import { splitWords } from "../document/words.ts";
import { PictlError } from "../../errors.ts";
import { parseReference } from "../../registry/reference.ts";
import { parseRunArgs, type RunArgs } from "../../docker/run/run-args.ts";

type ResolvePath = (path: string) => string;

/** The containers of the layout. Reports nodes listed twice, bad names, and arguments that cannot be run. */
export function buildPlacements(raw: RawConfig, resolvePath: ResolvePath, findings: Findings): Placement[] {
  const rowOf = new Map<string, number>();
  const networks = buildNetworks(raw, findings);
  return (raw.layout ?? []).flatMap((row, index) => {
    if (findings.full) return [];
    const before = rowOf.get(row.node);
    if (before !== undefined) {
      findings.error(["layout", index, "node"], `the node ${row.node} has a row already; put its containers there`, {
        other: ["layout", before, "node"],
      });
    }
    rowOf.set(row.node, index);
    return containersOf(row).map(([container, entry]) => {
      const path = ["layout", index, container];
      const place = { raw, networks, node: row.node, container, path, resolvePath, findings };
      return typeof entry === "string"
        ? placement({ ...place, value: { args: entry }, argsPath: path })
        : placement({ ...place, value: entry ?? {}, argsPath: [...path, "args"] });
    });
  });
}

function containersOf(row: RawLayoutRow): [string, string | RawContainer | null][] {
  return Object.entries(row).filter(([key]) => key !== "node");
}

interface Place {
  readonly raw: RawConfig;
  readonly networks: ReadonlyMap<string, NetworkSpec>;
  readonly node: string;
  readonly container: string;
  readonly value: RawContainer;
  readonly path: ConfigPath;
  readonly argsPath: ConfigPath;
  readonly resolvePath: ResolvePath;
  readonly findings: Findings;
}

function placement(place: Place): Placement {
  const { raw, value, container, resolvePath } = place;
  checkName(place);
  checkImage(place);
  checkVariables(place);
  checkHooks(place);
  if (value.image !== undefined && value.build !== undefined) {
    place.findings.error([...place.path, "build"], "there is an image too; a container has an image or a build folder");
  }
  const { words: args, networks: named } = argumentWords(place);
  const networks = networksUsed(named, place.networks);
  const command = commandWords(place);
  return {
    container,
    node: place.node,
    args,
    ...(command === undefined ? {} : { command }),
    ...(value.restart === undefined ? {} : { oneOff: true }),
    ...(networks.length === 0 ? {} : { networks }),
    image: value.image,
    build: buildFolder(raw, container, value, resolvePath),
    env: value.env ?? {},
    envFile: value.env_file === undefined ? undefined : resolvePath(value.env_file),
    secrets: Object.fromEntries(
      Object.entries(value.secrets ?? {}).map(([name, text]) => [name, parseSecretSource(text, resolvePath)]),
    ),
    hooks: buildHooks(value.hooks),
    shared: value.shared ?? false,
    ...(value.after?.length ? { after: [...new Set(value.after)] } : {}),
    ...(value.renamed_from === undefined ? {} : { renamedFrom: value.renamed_from }),
    ...(value.patience === undefined ? {} : { patienceMs: value.patience * 1000 }),
    ...(value.update ? { update: updateSettings(value.update) } : {}),
  };
}

function updateSettings({ at_once: atOnce, swap, on_failure: onFailure }: RawUpdate): UpdateSettings {
  const percent = typeof atOnce === "string" ? Number(atOnce.slice(0, -1)) : undefined;
  return {
    ...(typeof atOnce === "number" ? { atOnce } : {}),
    ...(percent === undefined ? {} : { atOnce: { percent } }),
    ...(swap === undefined ? {} : { swap }),
    ...(onFailure === undefined ? {} : { onFailure }),
  };
}

function buildFolder(
  raw: RawConfig,
  container: string,
  value: RawContainer,
  resolvePath: ResolvePath,
): string | undefined {
  if (value.image !== undefined) return undefined;
  if (value.build !== undefined) return resolvePath(value.build);
  return raw.docker === undefined ? undefined : resolvePath(`${raw.docker}/${container}`);
}

/** What is about no container cannot be told to one's hook. */
function checkHooks({ value, path, findings }: Place): void {
  for (const hook of Object.keys(value.hooks ?? {})) {
    const about = clusterHooks[hook];
    if (about === undefined) continue;
    const message = `${hook} is about ${about}, not about one container, and would never run here; put it under \`hooks\` at the top level`;
    findings.error([...path, "hooks", hook], message, { atKey: true });
  }
}

const clusterHooks: Readonly<Record<string, string>> = {
  on_vip_change: "a virtual IP",
  on_node_change: "a node",
  on_failure: "whatever fails",
  on_leader_change: "the daemons",
};

function checkName({ container, value, path, findings }: Place): void {
  if (!isContainerName(container)) {
    const length = containerNamePattern.test(container) ? `it has ${container.length} characters, 128 are allowed` : "";
    findings.error(
      path,
      `${JSON.stringify(shorten(container))} cannot be a container's name: ${length || "use letters, digits, - _ . and begin with a letter or digit"}`,
      { atKey: true },
    );
  } else if (container.length === 1) {
    findings.warning(path, `Docker refuses names of one character such as "${container}"`, { atKey: true });
  } else if (value.image === undefined && !repositoryPattern.test(container)) {
    findings.warning(
      path,
      `Docker allows no image called "${container}" (small letters and digits, with single - _ . between them); give an image`,
      { atKey: true },
    );
  }
}

/** An image that docker has to find by a name, or by an id. */
function checkImage({ value: { image }, path, findings }: Place): void {
  if (image === undefined || /^[a-f0-9]{64}$/.test(image)) return;
  try {
    parseReference(image);
  } catch (error) {
    if (!(error instanceof PictlError)) throw error;
    findings.warning([...path, "image"], error.message.replace(/\.$/, ""));
  }
}

function checkVariables({ value, path, findings }: Place): void {
  const [env, secrets] = [value.env ?? {}, value.secrets ?? {}];
  for (const name of Object.keys(env)) {
    if (/^[^=\0]+$/.test(name)) continue;
    findings.error([...path, "env", name], "this cannot be a variable's name: it is empty, or holds = or NUL", {
      atKey: true,
    });
  }
  for (const name of Object.keys(secrets)) {
    const at = [...path, "secrets", name];
    // Docker reads it from the beginning of a line.
    if (!/^[^\s#=\0][^\s=\0]*$/.test(name)) {
      const why = "it is empty, begins with #, or holds white space, = or NUL";
      findings.error(at, `this cannot be a secret's name: ${why}`, { atKey: true });
    } else if (Object.hasOwn(env, name)) {
      findings.error(at, `${name} stands in env too, and docker would take that; keep one of the two`, { atKey: true });
    }
  }
}

type Arguments = Pick<RunArgs, "words" | "networks">;

const noArguments: Arguments = { words: [], networks: [] };

function argumentWords({ container, value, argsPath, findings }: Place): Arguments {
  const split = splitWords(value.args ?? "");
  if (!split.ok) {
    findings.error(argsPath, `the docker run arguments cannot be split into words: ${split.message}`, {
      offset: split.offset,
    });
    return noArguments;
  }
  if (value.args?.includes("\0")) {
    findings.error(argsPath, "a NUL character cannot stand in docker run arguments; remove it");
    return noArguments;
  }
  const [expansion] = findExpansions(value.args ?? "");
  if (expansion !== undefined) {
    findings.warning(
      argsPath,
      `no shell sees these arguments: ${shorten(expansion.text)} goes to docker as it stands; write what it should be, or put it in single quotes if it is meant so`,
      { offset: expansion.offset },
    );
  }
  const parsed = parseRunArgs(
    split.words.map((word) => word.text),
    container,
  );
  for (const problem of parsed.problems) {
    const offset = split.words[problem.word]?.offset ?? 0;
    findings[problem.severity](argsPath, problem.message, { offset });
  }
  if (value.restart === "never" && ![undefined, "no", ""].includes(parsed.restart)) {
    findings.error(argsPath, `--restart ${parsed.restart ?? ""} contradicts "restart": "never"; remove one of the two`);
  }
  return parsed;
}

function commandWords({ value, path, findings }: Place): readonly string[] | undefined {
  const { command } = value;
  if (command === undefined) return undefined;
  const at = [...path, "command"];
  const split = typeof command === "string" ? splitWords(command) : undefined;
  if (split?.ok === false) {
    findings.error(at, `the command cannot be split into words: ${split.message}`, { offset: split.offset });
    return undefined;
  }
  const words = split ? split.words.map((word) => word.text) : (command as readonly string[]);
  if (words.length === 0) findings.error(at, "it has no words; leave it out for the image's own command");
  if (words.some((word) => word.includes("\0"))) findings.error(at, "a NUL character cannot stand in a command");
  return words;
}

function shorten(name: string): string {
  return name.length > 40 ? `${name.slice(0, 40)}…` : name;
}
