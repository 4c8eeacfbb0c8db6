import { didYouMean } from "../../config/findings/suggest.ts";
import { mountPoint, parseMount, parseVolume, type MountSpec } from "./mount-spec.ts";
import { parsePublish, type PublishSpec } from "./publish-spec.ts";
import { isFalse, runRefusal } from "./run-refusals.ts";
import { mountProblem, valueProblem } from "./run-values.ts";
import { longFlag, longFlagNames, shortFlag } from "./run-flags.ts";

/** What the `docker run` arguments of a layout entry mean. */
export interface RunArgs {
  /** The words for `docker run`, untouched and in order, less what is harmless and ours to say (`-d`, a last `--`). */
  readonly words: readonly string[];
  readonly published: readonly PublishSpec[];
  /** `-P`: every exposed port, on ports that Docker chooses. */
  readonly publishAll: boolean;
  readonly mounts: readonly MountSpec[];
  /** The node's, as paths (`--device`). */
  readonly devices: readonly string[];
  /** `no`, `always`, `unless-stopped`, `on-failure` or `on-failure:3`; undefined when not said. */
  readonly restart: string | undefined;
  readonly networks: readonly string[];
  /** What may be of another container, as written: `container:NAME`, or its name. */
  readonly shares: Readonly<Record<"network" | "ipc" | "pid" | "volumesFrom" | "link", readonly string[]>>;
  /** `NAME=value`, or `NAME` for what the node's environment has, as written. */
  readonly env: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly problems: readonly RunArgsProblem[];
}

export interface RunArgsProblem {
  readonly severity: "error" | "warning";
  /** Index of the word it is about. */
  readonly word: number;
  readonly message: string;
}

/**
 * Reads words as the docker client does (spf13/pflag: `--flag value`, `--flag=value`, `-fvalue`, `-f=value`, bundled
 * switches `-dP`, `--`), stopping at nothing: a word that is no flag would become the image, so it is an error.
 * `container`: whose they are; its name may stand there as `--name`, which pictl says anyway.
 */
export function parseRunArgs(words: readonly string[], container?: string): RunArgs {
  const reading: Reading = { words, container, index: 0, kept: [], flags: new Map(), problems: [] };
  while (reading.index < words.length) readWord(reading);

  const values = (name: string) => reading.flags.get(name) ?? [];
  const texts = (name: string): readonly string[] => values(name).map((flag) => flag.value);
  const published = values("publish").flatMap((flag) => orProblem(parsePublish(flag.value), flag, reading));
  const isOwnDriver = values("volume-driver").length > 0;
  const mounted = (flag: Flag, parsed: MountSpec | string): MountSpec[] => {
    const why =
      typeof parsed === "string"
        ? parsed
        : mountProblem(parsed, isOwnDriver || /(?:^|,)volume-driver=/.test(flag.value));
    return orProblem(why ?? parsed, flag, reading);
  };
  const reads: Readonly<Record<string, (value: string) => MountSpec | string>> = {
    volume: (value) => parseVolume(value),
    mount: parseMount,
    tmpfs: (value) => parseVolume(value, "tmpfs"),
  };
  const placed = Object.entries(reads).flatMap(([name, read]) =>
    values(name).flatMap((flag) => mounted(flag, read(flag.value)).map((spec) => ({ spec, word: flag.word }))),
  );
  const twice = placed.find(({ spec }, index) => placed.slice(0, index).some((other) => isInTheWay(spec, other.spec)));
  if (twice) problem(reading, twice.word, `two things are mounted at ${mountPoint(twice.spec.target)}`);
  const restart = values("restart").at(-1);
  if (restart !== undefined && !restartPolicy.test(restart.value)) {
    problem(
      reading,
      restart.word,
      `unknown restart policy ${show(restart.value)}; expected no, always, unless-stopped or on-failure[:N]`,
    );
  }
  return {
    words: reading.kept,
    published,
    publishAll: values("publish-all").some((flag) => !isFalse(flag.value)),
    mounts: placed.map(({ spec }) => spec),
    // What is no path names a device in CDI's way.
    devices: values("device").flatMap((flag) => (flag.value.startsWith("/") ? flag.value.split(":", 1) : [])),
    restart: restart?.value,
    networks: texts("network"),
    shares: {
      network: texts("network"),
      ipc: texts("ipc"),
      pid: texts("pid"),
      volumesFrom: texts("volumes-from"),
      link: texts("link"),
    },
    env: values("env").map((flag) => flag.value),
    labels: Object.fromEntries(values("label").map((flag) => pair(flag.value))),
    problems: reading.problems.sort((a, b) => a.word - b.word),
  };
}

const restartPolicy = /^(?:no|always|unless-stopped|on-failure(?::\d+)?|)$/;

interface Flag {
  readonly name: string;
  readonly value: string;
  readonly word: number;
}

interface Reading {
  readonly words: readonly string[];
  readonly container: string | undefined;
  index: number;
  readonly kept: string[];
  readonly flags: Map<string, Flag[]>;
  readonly problems: RunArgsProblem[];
}

function readWord(reading: Reading): void {
  const word = reading.words[reading.index] ?? "";
  if (word === "--") readTerminator(reading);
  else if (word.startsWith("--")) readLong(reading, word);
  else if (word.startsWith("-") && word.length > 1) readShort(reading, word);
  else readBare(reading, word);
}

/** Everything after `--` is the image and its command, which are not ours to take from here. */
function readTerminator(reading: Reading): void {
  reading.index++;
  while (reading.index < reading.words.length) readBare(reading, reading.words[reading.index] ?? "");
}

function readBare(reading: Reading, word: string): void {
  problem(
    reading,
    reading.index,
    `${show(word)} is no flag: the image comes from the container's name (or its "image"), and its command from the ` +
      "image; only flags of docker run are expected here (a flag's value with spaces needs quotes)",
  );
  reading.kept.push(word);
  reading.index++;
}

function readLong(reading: Reading, word: string): void {
  const equals = word.indexOf("=");
  const name = word.slice(2, equals === -1 ? undefined : equals);
  const flag = longFlag(name);
  const at = reading.index++;
  const given = equals === -1 ? undefined : word.slice(equals + 1);
  if (flag === undefined)
    warnUnknown(
      reading,
      at,
      `--${name}`,
      longFlagNames().map((known) => `--${known}`),
    );
  const takesNext = given === undefined && (flag?.takesValue ?? nextIsBare(reading));
  const value = given ?? (takesNext ? takeValue(reading, at, `--${name}`) : "true");
  if (flag !== undefined && !accept(reading, { name: flag.name, value, word: at })) return;
  reading.kept.push(word, ...(takesNext && value !== undefined ? [value] : []));
}

function readShort(reading: Reading, word: string): void {
  const at = reading.index++;
  let kept = "-";
  for (let letter = 1; letter < word.length; letter++) {
    const char = word.charAt(letter);
    const rest = word.slice(letter + 1);
    const flag = shortFlag(char);
    if (flag === undefined) {
      warnUnknown(reading, at, `-${char}`, []);
      reading.kept.push(`${kept}${char}${rest}`);
      if (rest === "" && nextIsBare(reading)) reading.kept.push(takeValue(reading, at, `-${char}`) ?? "");
      return;
    }
    const assigned = rest.startsWith("=");
    if (flag.takesValue || assigned) {
      const value = assigned ? rest.slice(1) : rest || takeValue(reading, at, `-${char}`);
      const accepted = accept(reading, { name: flag.name, value, word: at });
      if (accepted) reading.kept.push(`${kept}${char}${rest}`, ...(rest === "" && value !== undefined ? [value] : []));
      else if (kept !== "-") reading.kept.push(kept);
      return;
    }
    if (accept(reading, { name: flag.name, value: "true", word: at })) kept += char;
  }
  if (kept !== "-") reading.kept.push(kept);
}

/** Records a flag, or what is wrong with it. False when its word is dropped. */
function accept(reading: Reading, flag: { name: string; value: string | undefined; word: number }): boolean {
  if (flag.value === undefined) return false;
  const { name, value, word } = flag;
  if (name === "detach" && !isFalse(value)) return false;
  if (name === "name" && value === reading.container) return false;
  const wrong = valueProblem(name, value);
  if (wrong !== undefined) problem(reading, word, `--${name} ${show(value)}: ${wrong}`);
  const refused = runRefusal(name, value);
  if (refused !== undefined) reading.problems.push({ word, ...refused });
  if (refused?.severity === "warning") return false;
  reading.flags.set(name, [...(reading.flags.get(name) ?? []), { name, value, word }]);
  return true;
}

function takeValue(reading: Reading, at: number, flag: string): string | undefined {
  const value = reading.words[reading.index];
  if (value === undefined) problem(reading, at, `${flag} needs a value after it`);
  else reading.index++;
  return value;
}

function nextIsBare(reading: Reading): boolean {
  const next = reading.words[reading.index];
  return next !== undefined && !next.startsWith("-");
}

function warnUnknown(reading: Reading, word: number, flag: string, known: readonly string[]): void {
  const message = `${flag} is no flag of docker run that pictl knows${didYouMean(flag, known)}`;
  reading.problems.push({ severity: "warning", word, message: `${message}; it is passed on as it is` });
}

/** Said twice, it is one. */
function isInTheWay(one: MountSpec, other: MountSpec): boolean {
  return (
    mountPoint(one.target) === mountPoint(other.target) && (one.source !== other.source || one.type !== other.type)
  );
}

function orProblem<T>(parsed: T | string, flag: Flag, reading: Reading): T[] {
  if (typeof parsed !== "string") return [parsed];
  problem(reading, flag.word, `--${flag.name} ${show(flag.value)}: ${parsed}`);
  return [];
}

function problem(reading: Reading, word: number, message: string): void {
  reading.problems.push({ severity: "error", word, message });
}

function show(word: string): string {
  return JSON.stringify(word.length > 40 ? `${word.slice(0, 40)}…` : word);
}

function pair(text: string): [string, string] {
  const equals = text.indexOf("=");
  return equals === -1 ? [text, ""] : [text.slice(0, equals), text.slice(equals + 1)];
}
