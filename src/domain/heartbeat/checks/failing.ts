import { keyOf } from "../facts.ts";

/**
 * Checks that fail and have been told so, by `container@node`: each by itself, or with all others of a dead node. What is
 * over of those is told when all of them are.
 */
export type Failing = Readonly<Record<string, "alone" | "with-node" | "with-node-over">>;

/** What a round has seen of a check; `unsaid`: nothing that counts. */
export type CheckState =
  | { readonly is: "ok" }
  | { readonly is: "unsaid" }
  | { readonly is: "failing"; readonly nodeDead: boolean; readonly message: string };

/** Checks that begin to fail for one cause, or have failed for it and do no more. */
export interface FailingChange {
  readonly type: "heartbeat.failed" | "heartbeat.recovered";
  readonly node: string;
  readonly containers: readonly string[];
  readonly error?: string;
}

/** What has changed since the round before. A check that is no longer made (its container was moved) fails no more. */
export function failingChanges(
  before: Failing,
  checks: readonly { readonly container: string; readonly node: string; readonly state: CheckState }[],
): { readonly failing: Failing; readonly changes: readonly FailingChange[] } {
  const made = new Map(checks.map((check) => [keyOf(check), check.state]));
  const failing = new Map<string, Failing[string]>();
  const ended = new Map<string, string[]>();
  for (const [key, how] of Object.entries(before)) {
    const state = made.get(key) ?? { is: "ok" };
    if (state.is !== "ok" || how === "with-node-over") failing.set(key, how);
    else if (how === "with-node") failing.set(key, "with-node-over");
    else ended.set(key, [key]);
  }
  const begun = begin(failing, checks);
  for (const node of new Set([...failing.keys()].map(nodeOf))) {
    const group = [...failing].filter(([key, how]) => how !== "alone" && nodeOf(key) === node);
    if (group.length === 0 || group.some(([, how]) => how === "with-node")) continue;
    const keys = group.map(([key]) => key);
    for (const key of keys) failing.delete(key);
    ended.set(node, keys);
  }
  const recovered = [...ended.values()].map((keys): FailingChange => {
    return { type: "heartbeat.recovered", node: nodeOf(keys[0] ?? ""), containers: keys.map(containerOf) };
  });
  return { failing: Object.fromEntries(failing), changes: [...recovered, ...begun] };
}

function begin(
  failing: Map<string, Failing[string]>,
  checks: readonly { readonly container: string; readonly node: string; readonly state: CheckState }[],
): readonly FailingChange[] {
  const told = new Set([...failing].filter(([, how]) => how === "with-node").map(([key]) => nodeOf(key)));
  const dead = new Map<string, { readonly error: string; readonly containers: string[] }>();
  const alone: FailingChange[] = [];
  for (const { container, node, state } of checks) {
    const key = keyOf({ container, node });
    const known = failing.get(key);
    if (state.is !== "failing" || known === "alone" || known === "with-node") continue;
    failing.set(key, state.nodeDead ? "with-node" : "alone");
    if (!state.nodeDead) alone.push({ type: "heartbeat.failed", node, containers: [container], error: state.message });
    else if (!told.has(node)) {
      const group = dead.get(node) ?? { error: state.message, containers: [] };
      dead.set(node, group);
      group.containers.push(container);
    }
  }
  const together = [...dead].map(([node, group]): FailingChange => ({ type: "heartbeat.failed", node, ...group }));
  return [...together, ...alone];
}

function nodeOf(key: string): string {
  return key.slice(key.indexOf("@") + 1);
}

function containerOf(key: string): string {
  return key.slice(0, key.indexOf("@"));
}
