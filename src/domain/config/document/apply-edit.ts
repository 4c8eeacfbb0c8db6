import type { ConfigPath } from "./path.ts";

/** Paths are keys and indexes: `["layout", 0, "web"]`. `move` takes an entry of one object into another one. */
export type DocumentEdit = PathEdit | { readonly op: "move"; readonly from: ConfigPath; readonly to: ConfigPath };

type PathEdit =
  | { readonly op: "set"; readonly path: ConfigPath; readonly value: unknown }
  | { readonly op: "delete"; readonly path: ConfigPath };

/**
 * The document after an edit, without changing the one given. `set` makes what is missing on the way (a list where
 * an index comes next, else an object) and on an index equal to a list's length appends; `delete` and `move` of what is
 * not there do nothing. Throws a RangeError for a path that cannot be walked.
 */
export function applyEdit(document: unknown, edit: DocumentEdit): unknown {
  if (edit.op !== "move") return change(document, edit.path, edit);
  const { from, to } = edit;
  const value = from.reduce(
    (at, part) => (has(at, part) ? (at as Record<string | number, unknown>)[part] : undefined),
    document,
  );
  if (value === undefined) return document;
  const without = change(document, from, { op: "delete", path: from });
  return change(without, to, { op: "set", path: to, value });
}

function change(value: unknown, path: ConfigPath, edit: PathEdit): unknown {
  const [part, ...rest] = path;
  if (part === undefined) return edit.op === "set" ? edit.value : undefined;
  const container = value ?? (typeof part === "number" ? [] : {});
  if (edit.op === "delete" && !has(container, part)) return value;
  if (Array.isArray(container)) return changeItem(container, part, rest, edit);
  if (typeof container !== "object") throw new RangeError(`${String(part)} is not inside an object or a list`);
  return changeKey(container, String(part), rest, edit);
}

function changeItem(list: readonly unknown[], index: string | number, rest: ConfigPath, edit: PathEdit): unknown[] {
  if (typeof index !== "number" || index < 0 || index > list.length) {
    throw new RangeError(`there is no index ${String(index)} in a list of ${list.length}`);
  }
  if (edit.op === "delete" && rest.length === 0) return list.toSpliced(index, 1);
  const changed = [...list];
  changed[index] = change(list[index], rest, edit);
  return changed;
}

function changeKey(object: object, key: string, rest: ConfigPath, edit: PathEdit): Record<string, unknown> {
  const entries = Object.entries(object);
  if (edit.op === "delete" && rest.length === 0) return Object.fromEntries(entries.filter(([name]) => name !== key));
  const current: unknown = entries.find(([name]) => name === key)?.[1];
  return { ...object, [key]: change(current, rest, edit) };
}

function has(container: unknown, part: string | number): boolean {
  return typeof container === "object" && container !== null && Object.hasOwn(container, part);
}
