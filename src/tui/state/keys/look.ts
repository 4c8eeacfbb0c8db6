import { plural } from "../../../domain/text.ts";
import { lists } from "../../lists/index.ts";
import type { Line } from "../../view/line.ts";
import { actionFor, chosen, chosenContainers, lineOf, nothing, perform } from "./act.ts";
import { firstWord } from "../actions.ts";
import type { KeySpec } from "./key-spec.ts";
import { indexAt, shownLines } from "./log-keys.ts";
import { notice, open, page } from "../overlays/overlays.ts";
import { chosenRows, cursorRow } from "../screen/rows.ts";
import type { Choice, State, Reduced } from "../types.ts";

export function openFilter(state: State): Reduced {
  const before = state.view === "logs" ? state.logs.filter : state.lists[state.view].filter;
  return open(state, { kind: "filter", text: before, before });
}

export function now(state: State): Reduced {
  return [notice(state, "Looking at every node…"), [{ kind: "look" }]];
}

export function build(state: State): Reduced {
  const images = chosen(state, "image").map(({ image }) => image.replace(/:latest$/, ""));
  const names = chosen(state, "container").map(({ container }) => container);
  const wanted = [...new Set(state.view === "images" ? images : names)];
  return wanted.length === 0 ? nothing(state, "container") : perform(state, "build", { image: wanted });
}

export function pull(state: State): Reduced {
  const spec = actionFor(state, "pull");
  if (!spec) return perform(state, "pull", {});
  const [image] = chosen(state, "image");
  return open(state, {
    kind: "type",
    title: "Pull which image?",
    text: image?.image ?? "",
    then: (text) => ({ operation: spec.id, input: { ...firstWord(spec, text), all: true } }),
  });
}

/** The plan comes first; from there Enter goes on. */
export function apply(state: State): Reduced {
  const plan = { operation: "plan.show", input: {} };
  return [notice(state, "Looking at what would have to be done…"), [{ kind: "run", run: plan }]];
}

/** In the container under the cursor, or on the node; the config view has an editor instead. */
export function shell(state: State): Reduced {
  if (state.view === "config") return [state, [{ kind: "edit" }]];
  const subject = cursorRow(state)?.subject;
  if (subject?.kind === "container") {
    const row = state.model.nodes.get(subject.node)?.containers.get(subject.container);
    // On what does not run there is nothing to be in.
    const place =
      row?.state === "missing" || row?.state === "stopped" || row?.state === "foreign"
        ? subject.node
        : `${subject.container}@${subject.node}`;
    return [state, [{ kind: "shell", place }]];
  }
  if (subject?.kind === "node" || subject?.kind === "image") return [state, [{ kind: "shell", place: subject.node }]];
  return nothing(state, "node");
}

/** The nodes of what is chosen. */
function nodesOf(state: State): readonly string[] {
  const rows = chosenRows(state).flatMap(({ subject }) => (subject && subject.kind !== "vip" ? [subject.node] : []));
  return [...new Set(rows)];
}

export function exec(state: State): Reduced {
  const spec = actionFor(state, "exec");
  const nodes = nodesOf(state);
  if (!spec) return perform(state, "exec", {});
  if (nodes.length === 0) return nothing(state, "node");
  return open(state, {
    kind: "type",
    title: `Run on ${nodes.length <= 4 ? nodes.join(", ") : plural(nodes.length, "node")}`,
    text: "",
    then: (text) => ({ operation: spec.id, input: { ...firstWord(spec, text), node: nodes } }),
  });
}

export function saved(state: State): Reduced {
  const spec = actionFor(state, "run");
  const { commandlist } = state.model.config.config;
  if (!spec) return perform(state, "run", {});
  if (commandlist.length === 0) return [notice(state, "The config has no saved command (`commandlist`).", "warn"), []];
  const nodes = nodesOf(state);
  return open(state, {
    kind: "choose",
    title: nodes.length === 0 ? "Run which saved command?" : `Run which saved command on ${nodes.join(", ")}?`,
    index: 0,
    items: commandlist.map(({ label, command }): Choice => ({
      text: label,
      note: command,
      then: {
        operation: spec.id,
        input: { ...firstWord(spec, label), ...(nodes.length > 0 ? { node: nodes } : { all: true }) },
      },
    })),
  });
}

export function json(state: State): Reduced {
  const row = cursorRow(state);
  if (!row) return [state, []];
  const text = JSON.stringify(dataOf(row), withoutSecrets, 2);
  return page(
    state,
    (state.view === "logs" ? undefined : lists[state.view].title?.(row)) ?? row.id,
    text.split("\n").map((line): Line => [{ text: line }]),
    text,
  );
}

/** What Docker told of a container holds its variables, and a node's row all of what Docker told. */
function withoutSecrets(key: string, value: unknown): unknown {
  if (key === "docker" || key === "config" || key === "spec" || key === "subject") return undefined;
  return value instanceof Map ? [...(value as Map<string, unknown>).values()] : value;
}

function dataOf(row: object): unknown {
  const { container, node, image, event, check, vip, problem, concern } = row as Record<string, unknown>;
  return container ?? node ?? image ?? event ?? check ?? vip ?? problem ?? concern ?? row;
}

export function jobs(state: State): Reduced {
  return open(state, { kind: "jobs", index: 0 });
}

/** What is under the cursor, as one would type it. */
export function copy(state: State): Reduced {
  if (state.view === "logs") {
    const shown = shownLines(state.logs);
    const line = shown[state.logs.follow ? shown.length - 1 : indexAt(shown, state.logs.cursor)]?.line;
    return line?.kind === "line" ? copied(state, line.line) : [state, []];
  }
  const names = chosenRows(state).map(({ subject, id }) =>
    subject?.kind === "container"
      ? `${subject.container}@${subject.node}`
      : subject?.kind === "node"
        ? subject.node
        : subject?.kind === "image"
          ? subject.image
          : id,
  );
  return names.length === 0 ? [state, []] : copied(state, names.join(" "));
}

export function copied(state: State, text: string): Reduced {
  const short = text.length > 60 ? `${text.slice(0, 60)}…` : text;
  return [notice(state, `Copied: ${short.split("\n")[0] ?? ""}`, "good"), [{ kind: "copy", text }]];
}

/** What shows the same as the view does. */
const viewCommands: Readonly<Record<State["view"], string>> = {
  pulse: "pictl status",
  containers: "pictl status",
  nodes: "pictl nodes",
  images: "pictl images",
  logs: "pictl logs --follow",
  events: "pictl log --follow",
  heartbeat: "pictl heartbeat",
  vip: "pictl vip show",
  config: "pictl config check",
};

/** The command for the view, and for each key on what is chosen. */
export function commands(state: State, keys: readonly KeySpec[]): Reduced {
  const shown =
    state.view === "logs" && state.logs.of.length > 0
      ? `pictl logs ${state.logs.of.join(" ")} --follow`
      : viewCommands[state.view];
  const seen = new Set<string>([shown]);
  const items: Choice[] = [{ text: shown, note: "what is shown here", copy: shown }];
  const names = chosenContainers(state);
  for (const spec of keys) {
    for (const text of linesOf(state, spec.keys[0] ?? "", spec.run)) {
      if (seen.has(text)) continue;
      seen.add(text);
      items.push({ text, note: `${spec.label} ${spec.words}`, copy: text });
    }
  }
  const [place] = names;
  if (place !== undefined)
    items.push(
      { text: `pictl shell ${place}`, note: "e shell", copy: `pictl shell ${place}` },
      {
        text: `pictl logs ${names.join(" ")} --follow`,
        note: "L logs",
        copy: `pictl logs ${names.join(" ")} --follow`,
      },
    );
  return open(state, { kind: "choose", title: "The same as a command; Enter copies it", items, index: 0 });
}

/** What the key would run now, or ask about. */
function linesOf(state: State, key: string, press: (state: State, key: string) => Reduced): readonly string[] {
  if (!commandKeys.has(key)) return [];
  const [next, effects] = press({ ...state, overlay: undefined }, key);
  const runs = effects.flatMap((effect) => (effect.kind === "run" ? [effect.run] : []));
  const asked = next.overlay?.kind === "ask" && "operation" in next.overlay.then ? [next.overlay.then] : [];
  return [...runs, ...asked].flatMap((each) => lineOf(state, each) ?? []);
}

const commandKeys: ReadonlySet<string> = new Set(["s", "S", "r", "c", "b", "D", "C", "H", "a"]);

export function quit(state: State): Reduced {
  const open = state.model.jobs.filter(({ state: of }) => of === "running");
  if (open.length === 0) return [state, [{ kind: "quit" }]];
  const what = open.map(({ title }) => title).join(", ");
  return [
    {
      ...state,
      overlay: {
        kind: "leave",
        question: `${plural(open.length, "job")} in hand (${what}). Leaving now breaks off what has not been sent yet. Leave?`,
        yes: false,
      },
    },
    [],
  ];
}
