import { splitWords } from "../../../domain/config/document/words.ts";
import { suggest } from "../../../domain/config/findings/suggest.ts";
import { titles, type View, views } from "../../lists/index.ts";
import { type ActionSpec, allowed, type FieldSpec, type ActionInput } from "../actions.ts";
import { open } from "./overlays.ts";
import type { Decided, State, Reduced } from "../types.ts";

export function openPalette(state: State): Reduced {
  return open(state, { kind: "palette", text: "", index: 0 });
}

export interface Suggestion {
  /** The whole text when it is taken. */
  readonly text: string;
  readonly shown: string;
  readonly note: string;
}

/** What a text in the palette means. */
export type KeyMeaning =
  | { readonly kind: "view"; readonly view: View }
  | { readonly kind: "run"; readonly run: Decided }
  | { readonly kind: "quit" }
  | { readonly kind: "logs"; readonly of: readonly string[] }
  | { readonly kind: "shell"; readonly place: string }
  | { readonly kind: "nothing"; readonly why: string };

/** Commands of the palette: the words of each, with those that are there. */
function commandsOf(state: State): readonly (readonly [string, ActionSpec])[] {
  return allowed(state.actions, state.readOnly).flatMap((spec) =>
    spec.command === null ? [] : [[spec.command, spec] as const],
  );
}

const mostShown = 200;

/** What the last word could be, best first. */
export function suggestions(state: State, text: string): readonly Suggestion[] {
  const named = commandNamed(state, text) ?? shellNamed(state, text);
  if (named && text.length > named.words.length) return words(state, named.spec, text).slice(0, mostShown);
  const typed = text.trimStart().toLowerCase();
  const all: Suggestion[] = [
    ...views.map((view, index) => ({ text: view, shown: view, note: `${index + 1}: the view ${titles[view]}` })),
    ...commandsOf(state).map(([command, spec]) => ({ text: `${command} `, shown: command, note: spec.summary })),
    ...(state.readOnly
      ? []
      : [{ text: "shell ", shown: "shell", note: "Open a terminal on a node or in a container." }]),
    { text: "quit", shown: "quit", note: "leave pictl" },
  ];
  const rank = ({ shown }: Suggestion): number => (shown.startsWith(typed) ? 0 : shown.includes(typed) ? 1 : 2);
  return all
    .filter((each) => rank(each) < 2)
    .toSorted((a, b) => rank(a) - rank(b))
    .slice(0, mostShown);
}

/** The longest command that the text begins with. */
function commandNamed(state: State, text: string): { readonly words: string; readonly spec: ActionSpec } | undefined {
  const typed = text.trimStart();
  const fitting = commandsOf(state).filter(([command]) => typed === command || typed.startsWith(`${command} `));
  const [longest] = fitting.toSorted((a, b) => b[0].length - a[0].length);
  return longest && { words: longest[0], spec: longest[1] };
}

/** `shell` is no operation: it takes the terminal itself. */
function shellNamed(state: State, text: string): ReturnType<typeof commandNamed> {
  if (state.readOnly || !text.trimStart().startsWith("shell ")) return undefined;
  const field: FieldSpec = { name: "place", kind: "text", names: "place", required: true, description: "" };
  const spec: ActionSpec = {
    id: "shell",
    command: "shell",
    args: ["place"],
    changes: true,
    summary: "",
    fields: [field],
    line: () => undefined,
  };
  return { words: "shell", spec };
}

function words(state: State, spec: ActionSpec, text: string): readonly Suggestion[] {
  const cut = text.lastIndexOf(" ") + 1;
  const [before, last] = [text.slice(0, cut), text.slice(cut)];
  const given = before.trim().split(/\s+/);
  const offer = (word: string, note: string): Suggestion => ({ text: `${before}${word} `, shown: word, note });
  if (last.startsWith("--")) {
    return spec.fields
      .filter(({ name, kind }) => !spec.args.includes(name) && kind !== "confirm" && kind !== "secret")
      .map((field) => offer(`--${kebab(field.name)}`, field.description))
      .filter(({ shown }) => shown.startsWith(last) && !given.includes(shown));
  }
  const field = fieldOfNext(spec, given);
  const names = field ? namesOf(state, field) : [];
  return names
    .filter((name) => name.startsWith(last) && !given.includes(name))
    .map((name) => offer(name, field?.description ?? ""));
}

/** What the next word is about: the value of the flag before it, or the next argument. */
function fieldOfNext(spec: ActionSpec, given: readonly string[]): FieldSpec | undefined {
  const before = given.at(-1) ?? "";
  if (before.startsWith("--")) {
    const flag = spec.fields.find(({ name }) => `--${kebab(name)}` === before);
    if (flag && flag.kind !== "flag") return flag;
  }
  const done = given.slice((spec.command ?? "").split(" ").length).filter((word) => !word.startsWith("-")).length;
  const name = spec.args[Math.min(done, spec.args.length - 1)];
  return spec.fields.find((field) => field.name === name);
}

function namesOf({ model }: State, { names }: FieldSpec): readonly string[] {
  const { config } = model.config;
  const containers = [...new Set(config.placements.map(({ container }) => container))];
  switch (names) {
    case "node":
      return config.nodes.map(({ name }) => name);
    case "container":
      return containers;
    case "place":
      return [
        ...config.nodes.map(({ name }) => name),
        ...config.placements.map(({ container, node }) => `${container}@${node}`),
      ];
    case "placement":
      return [...containers, ...config.placements.map(({ container, node }) => `${container}@${node}`)];
    case "vip":
      return config.vips.map(({ name }) => name);
    case "image":
      return [...new Set([...model.nodes.values()].flatMap((node) => node.images.flatMap(({ tags }) => tags)))];
    case "command":
      return config.commandlist.map(({ label }) => label);
    case "registry":
      return config.dockerRegistries;
    default:
      return [];
  }
}

/** What Enter does with the text. */
export function meaning(state: State, text: string): KeyMeaning {
  const typed = text.trim();
  const view = views.find((each) => each === typed || titles[each].toLowerCase() === typed.toLowerCase());
  if (view) return { kind: "view", view };
  if (typed === "quit" || typed === "q") return { kind: "quit" };
  const [word, place] = typed.split(/\s+/);
  if (word === "shell" && !state.readOnly) {
    return place === undefined
      ? { kind: "nothing", why: "Say where: `shell NODE` or `shell CONTAINER@NODE`." }
      : { kind: "shell", place };
  }
  const named = commandNamed(state, typed);
  if (!named) {
    const meant = suggest(typed.split(" ")[0] ?? "", [...views, ...commandsOf(state).map(([command]) => command)]);
    return {
      kind: "nothing",
      why: `Neither a view nor a command is called “${typed}”${meant === undefined ? "." : `; did you mean “${meant}”?`}`,
    };
  }
  const split = splitWords(typed.slice(named.words.length));
  if (!split.ok) return { kind: "nothing", why: `${split.message}.` };
  return inputOf(
    named.spec,
    split.words.map((word) => word.text),
  );
}

/** The words of a command line as the input of its operation. */
function inputOf(spec: ActionSpec, given: readonly string[]): KeyMeaning {
  const input: Record<string, unknown> = {};
  const loose: string[] = [];
  for (let at = 0; at < given.length; at += 1) {
    const word = given[at] ?? "";
    if (!word.startsWith("--")) {
      loose.push(word);
      continue;
    }
    const [flag = "", inline] = word.split(/=(.*)/s);
    const field = spec.fields.find(
      ({ name }) => flag === `--${kebab(name)}` || (name === "confirm" && flag === "--yes"),
    );
    const off = spec.fields.find(({ name, kind }) => kind === "flag" && flag === `--no-${kebab(name)}`);
    if (!field && !off) return { kind: "nothing", why: `\`${spec.command ?? ""}\` has no ${flag}.` };
    if (off && !field) input[off.name] = false;
    else if (field?.kind === "flag" || field?.kind === "confirm") input[field.name] = true;
    else if (field) {
      const value = inline ?? given[(at += 1)];
      if (value === undefined) return { kind: "nothing", why: `${flag} needs a value: ${field.description}` };
      put(input, field, value);
    }
  }
  const rest = placed(spec, loose, input);
  if (rest !== undefined) return { kind: "nothing", why: rest };
  const missing = spec.fields.find(({ name, required }) => required && input[name] === undefined);
  if (missing)
    return {
      kind: "nothing",
      why: `${spec.args.includes(missing.name) ? missing.name : `--${kebab(missing.name)}`} is missing: ${missing.description}`,
    };
  if (spec.id === "container.logs")
    return { kind: "logs", of: (input["container"] as readonly string[] | undefined) ?? [] };
  return { kind: "run", run: { operation: spec.id, input: meaningAll(spec, input) } };
}

/** Words that are no flags, for the arguments in their order; the last one takes the rest when it takes several. */
function placed(spec: ActionSpec, loose: readonly string[], input: Record<string, unknown>): string | undefined {
  let at = 0;
  for (const name of spec.args) {
    const field = spec.fields.find((each) => each.name === name);
    if (!field || at >= loose.length) continue;
    if (field.kind === "list") {
      input[name] = loose.slice(at);
      at = loose.length;
    } else {
      put(input, field, loose[at] ?? "");
      at += 1;
    }
  }
  return at < loose.length ? `\`${spec.command ?? ""}\` takes no “${loose[at] ?? ""}”.` : undefined;
}

function put(input: Record<string, unknown>, { name, kind }: FieldSpec, value: string): void {
  const before = input[name];
  if (kind === "list") input[name] = [...(Array.isArray(before) ? (before as unknown[]) : []), value];
  else if (kind === "number") input[name] = Number(value);
  else input[name] = value;
}

/** A command line without names means all, as it does elsewhere; the table wants that said. */
function meaningAll({ args, fields }: ActionSpec, input: ActionInput): ActionInput {
  const none = args.every((name) => input[name] === undefined);
  return none && fields.some(({ name }) => name === "all") && input["all"] === undefined
    ? { ...input, all: true }
    : input;
}

/** `copyVolumes` → `copy-volumes`. */
function kebab(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
