import { plural } from "../../../domain/text.ts";
import { concerns } from "../../lists/concerns.ts";
import { lists } from "../../lists/index.ts";
import type { Row, RowSubject } from "../../lists/list.ts";
import { type ActionSpec, allowed, type ActionInput } from "../actions.ts";
import { ask, notice, open, run } from "../overlays/overlays.ts";
import { chosenRows } from "../screen/rows.ts";
import type { Choice, Decided, State, Reduced } from "../types.ts";

/** The operation that does what the command does; undefined where nothing may be changed, or there is none. */
export function actionFor(state: State, command: string): ActionSpec | undefined {
  return allowed(state.actions, state.readOnly).find((each) => each.command === command);
}

export function specOf(state: State, { operation }: Decided): ActionSpec | undefined {
  return state.actions.find(({ id }) => id === operation);
}

/** `pictl stop web@n1`: what the run would be on a command line, which asks what was asked here. */
export function lineOf(state: State, decided: Decided): string | undefined {
  return specOf(state, decided)?.line({ ...decided.input, confirm: undefined });
}

/** Of the rows chosen, what of that kind they are about. */
export function chosen<K extends RowSubject["kind"]>(
  state: State,
  kind: K,
): readonly Extract<RowSubject, { kind: K }>[] {
  const found = chosenRows(state).flatMap(({ subject }) =>
    subject?.kind === kind ? [subject as Extract<RowSubject, { kind: K }>] : [],
  );
  const seen = new Set<string>();
  return found.filter((each) => {
    const key = JSON.stringify(each);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

/** `container@node` of the rows chosen. */
export function chosenContainers(state: State): readonly string[] {
  return chosen(state, "container").map(({ container, node }) => `${container}@${node}`);
}

/** The names, or how many where they are many. */
function told(names: readonly string[], what: string): string {
  return names.length <= 3 ? names.join(", ") : `${plural(names.length, what)} (${names.slice(0, 3).join(", ")} …)`;
}

/** What is said when a key has nothing to act on here. */
export function nothing(state: State, what: string): Reduced {
  return [
    notice(
      state,
      `Here is no ${what} under the cursor: ${what === "node" ? "3 lists the nodes" : "2 lists the containers"}.`,
      "warn",
    ),
    [],
  ];
}

function missing(state: State, command: string): Reduced {
  const why = state.readOnly
    ? "Nothing can be changed: this is --read-only."
    : `There is no \`pictl ${command}\` here.`;
  return [notice(state, why, "warn"), []];
}

/**
 * Runs the command on what is chosen. With a `question` that is asked first, and the operation need not ask the same
 * again; without one it asks what it has to.
 */
export function perform(state: State, command: string, input: ActionInput, question?: string): Reduced {
  const spec = actionFor(state, command);
  if (!spec) return missing(state, command);
  if (question === undefined) return run(state, { operation: spec.id, input });
  const agreed = spec.fields.some(({ kind }) => kind === "confirm") ? { confirm: true } : {};
  return ask(state, question, { operation: spec.id, input: { ...input, ...agreed } });
}

export function onContainers(
  command: string,
  verb: string | undefined,
  extra: ActionInput = {},
): (state: State) => Reduced {
  return (state) => {
    const names = chosenContainers(state);
    if (names.length === 0) return nothing(state, "container");
    const question = verb === undefined ? undefined : `${verb} ${told(names, "container")}?`;
    return perform(state, command, { container: names, ...extra }, question);
  };
}

/** Makes what is missing; what runs with other arguments than it should is replaced, which is asked. */
export function create(state: State): Reduced {
  const names = chosenContainers(state);
  if (names.length === 0) return nothing(state, "container");
  const other = chosen(state, "container").some(
    ({ container, node }) => state.model.nodes.get(node)?.containers.get(container)?.state === "changed",
  );
  return other
    ? perform(state, "create", { container: names, recreate: true }, `Replace ${told(names, "container")} by new ones?`)
    : perform(state, "create", { container: names });
}

/** Asks for the candidates, which come with the reason for each node that cannot take it. */
export function moveChosen(state: State): Reduced {
  const [first, ...others] = chosen(state, "container");
  if (!first) return nothing(state, "container");
  if (others.length > 0)
    return [notice(state, "One container moves at a time: take the marks away with \\.", "warn"), []];
  const spec = actionFor(state, "move");
  if (!spec) return missing(state, "move");
  const name = `${first.container}@${first.node}`;
  const run = { operation: "container.candidates", input: { container: name } };
  return [notice(state, `Looking where ${name} can go…`), [{ kind: "run", run }]];
}

export function remove(state: State): Reduced {
  const images = chosen(state, "image");
  if (images.length > 0) {
    const nodes = [...new Set(images.map(({ node }) => node))];
    const names = [...new Set(images.map(({ image }) => image))];
    return perform(
      state,
      "image remove",
      { image: names, node: nodes },
      `Remove ${told(names, "image")} from ${nodes.join(", ")}?`,
    );
  }
  const [node] = chosen(state, "node");
  if (node) return perform(state, "node remove", { node: node.node });
  return onContainers("delete", "Delete")(state);
}

export function cordon(state: State): Reduced {
  const names = chosen(state, "node").map(({ node }) => node);
  if (names.length === 0) return nothing(state, "node");
  const all = names.every((name) => state.model.nodes.get(name)?.spec.cordoned);
  return perform(state, all ? "node uncordon" : "node cordon", { node: names });
}

/** Lists the candidates of the virtual IP under the cursor, or of the only one. */
export function moveVip(state: State): Reduced {
  const [under] = chosen(state, "vip");
  const vip =
    state.model.vips.get(under?.vip ?? "") ??
    (state.model.vips.size === 1 ? [...state.model.vips.values()][0] : undefined);
  if (!vip) return [{ ...notice(state, "Choose the virtual IP, then V again.", "warn"), view: "vip" }, []];
  const spec = actionFor(state, "vip move");
  if (!spec) return missing(state, "vip move");
  return open(state, {
    kind: "choose",
    title: `Move ${vip.name} to`,
    index: Math.max(
      0,
      vip.candidates.findIndex((each) => each.state === "fit"),
    ),
    items: vip.candidates.map((each): Choice => {
      const can = each.state === "fit";
      const note = [each.state === "holds" ? "has it now" : each.state, each.message].filter(Boolean).join(", ");
      return {
        text: each.node,
        note,
        then: can ? { operation: spec.id, input: { vip: vip.vip, node: each.node } } : undefined,
      };
    }),
  });
}

/** The view and the row where the worst thing is. */
export function toWorst(state: State): Reduced {
  const [worst] = concerns(state.model, state.nowMs);
  if (!worst) return [notice(state, "Everything is as it should be.", "good"), []];
  return [
    {
      ...state,
      view: "pulse",
      lists: {
        ...state.lists,
        pulse: { ...state.lists.pulse, filter: "", cursor: { id: worst.id, index: 0 }, top: 0 },
      },
    },
    [],
  ];
}

/** From what a row is about to the view that lists such things, with the cursor on it. */
export function toSubject(state: State, { subject }: Row): State | undefined {
  if (!subject) return undefined;
  const [view, id] =
    subject.kind === "container"
      ? (["containers", `${subject.container}@${subject.node}`] as const)
      : subject.kind === "node"
        ? (["nodes", subject.node] as const)
        : subject.kind === "vip"
          ? (["vip", subject.vip] as const)
          : (["images", undefined] as const);
  if (id === undefined || view === state.view) return undefined;
  const index = lists[view].rows(state.model, state.nowMs).findIndex((row) => row.id === id);
  if (index === -1) return undefined;
  const list = { ...state.lists[view], filter: "", sort: undefined, cursor: { id, index } };
  return {
    ...state,
    view,
    back: view,
    lists: { ...state.lists, [view]: list },
    detail: { focused: false, tab: 0, scroll: 0 },
  };
}
