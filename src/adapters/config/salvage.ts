import type { ConfigPath } from "../../domain/config/document/path.ts";
import type { Finding } from "../../domain/config/findings/problem.ts";

/** What is left of a document without its misshapen parts, and how its paths read in the whole document. */
export interface Salvaged {
  readonly value: Record<string, unknown>;
  /** Undefined for a finding that may be about nothing but what was left out. */
  original(finding: Finding): Finding | undefined;
}

/**
 * Leaves out what the shape check found wrong, in the smallest part that can be missing (an entry, a row, a section),
 * so that the rest can be checked for what it means and everything is reported at once.
 */
export function salvage(document: unknown, wrong: readonly ConfigPath[]): Salvaged | undefined {
  if (typeof document !== "object" || document === null || wrong.some((path) => path.length === 0)) return undefined;
  const kept = new Map<string, number[]>();
  const wrongIn = byFirst(wrong);
  const sections = Object.entries(document).flatMap(([section, value]): [string, unknown][] => {
    const paths = wrongIn.get(section) ?? [];
    if (paths.some((path) => path.length === 0)) return [];
    if (!Array.isArray(value)) return [[section, withoutKeys(value, paths)]];
    const rows = keepRows(section, value, paths);
    kept.set(
      section,
      rows.map(({ index }) => index),
    );
    return [[section, rows.map(({ row }) => row)]];
  });
  const layoutIsWhole = !wrongIn.has("layout");
  const families = new Set([...wrongIn.keys()].map(familyOf));
  return {
    value: Object.fromEntries(sections),
    original(finding) {
      if (!layoutIsWhole && refersToLayout.has(String(finding.path[0]))) return undefined;
      // `vip` has an effect without `vip_ip`, when that is there and misshapen.
      if (finding.severity === "warning" && finding.path.length === 1 && families.has(familyOf(finding.path[0]))) {
        return undefined;
      }
      const { other } = finding;
      const path = originalPath(finding.path, kept);
      return other === undefined ? { ...finding, path } : { ...finding, path, other: originalPath(other, kept) };
    },
  };
}

/** Keys of one matter begin with one word: `vip`, `vip_ip`, `vip_mode`. */
function familyOf(key: string | number | undefined): string | undefined {
  return String(key).split("_")[0];
}

const refersToLayout: ReadonlySet<string> = new Set(["hb", "container_host_constraints", "nodes"]);

/** Sections whose rows have entries of their own beside `node`. */
const rowsOfEntries: ReadonlySet<string> = new Set(["layout", "hb"]);

function keepRows(
  section: string,
  rows: readonly unknown[],
  wrong: readonly ConfigPath[],
): { row: unknown; index: number }[] {
  const wrongIn = byFirst(wrong);
  return rows.flatMap((row, index) => {
    const paths = wrongIn.get(index) ?? [];
    const whole = paths.some(([entry]) => entry === undefined || entry === "node" || !rowsOfEntries.has(section));
    return whole ? [] : [{ row: withoutKeys(row, paths), index }];
  });
}

/** The rest of each path, by its first part. */
function byFirst(paths: readonly ConfigPath[]): Map<string | number | undefined, ConfigPath[]> {
  const groups = new Map<string | number | undefined, ConfigPath[]>();
  for (const [first, ...rest] of paths) {
    const group = groups.get(first);
    if (group === undefined) groups.set(first, [rest]);
    else group.push(rest);
  }
  return groups;
}

function withoutKeys(value: unknown, wrong: readonly ConfigPath[]): unknown {
  if (wrong.length === 0 || typeof value !== "object" || value === null) return value;
  const keys = new Set(wrong.map(([key]) => key));
  return Object.fromEntries(Object.entries(value).filter(([key]) => !keys.has(key)));
}

function originalPath(path: ConfigPath, kept: ReadonlyMap<string, readonly number[]>): ConfigPath {
  const [section, index, ...rest] = path;
  if (typeof section !== "string" || typeof index !== "number") return path;
  return [section, kept.get(section)?.[index] ?? index, ...rest];
}
