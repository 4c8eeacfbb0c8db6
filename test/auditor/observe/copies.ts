/**
 * The containers of a node as its disk and the kernel know them, without asking a Docker engine: an engine that is
 * dead, hangs or was restarted does not say what runs.
 */
import { readdirSync, statSync } from "node:fs";
import type { CopySeen } from "../history.ts";
import type { WatchedNode } from "../recorder-options.ts";
import { read } from "./nodes.ts";

type Described = Omit<CopySeen, "running">;

/** Sorted by id; `pid` is the node's first process, undefined without power. Remembers what did not change. */
export class CopyWatch {
  readonly #known = new Map<string, { readonly stamp: number; readonly copy: Described }>();
  readonly #node: WatchedNode;
  readonly #roots: readonly string[];

  constructor(node: WatchedNode) {
    this.#node = node;
    this.#roots = cgroupRoots();
  }

  look(pid: number | undefined): CopySeen[] {
    if (pid === undefined) return this.#lookAt(this.#node.disk, () => false);
    // Through the running node, since something may be mounted there.
    const root = `/proc/${pid}/root`;
    const seen = this.#lookAt(root, (id) => this.#runs(id));
    // A node that died while it was looked at has shown less than there is.
    return modified(`${root}/`) === undefined ? this.look(undefined) : seen;
  }

  #lookAt(root: string, runs: (id: string) => boolean): CopySeen[] {
    const folder = `${root}/var/lib/docker/containers`;
    return entries(folder)
      .sort()
      .flatMap((id) => {
        const copy = this.#describe(id, `${folder}/${id}/config.v2.json`);
        return copy === undefined ? [] : [{ ...copy, running: runs(id) }];
      });
  }

  #describe(id: string, file: string): Described | undefined {
    const stamp = modified(file);
    if (stamp === undefined) return undefined;
    const known = this.#known.get(id);
    if (known?.stamp === stamp) return known.copy;
    try {
      const copy = describe(id, read(file));
      this.#known.set(id, { stamp, copy });
      return copy;
    } catch {
      // Not there yet, or no more.
      return known?.copy;
    }
  }

  #runs(id: string): boolean {
    return this.#roots.some((root) => read(`${root}/${this.#node.cgroup}/${id}/cgroup.procs`) !== "");
  }
}

function describe(id: string, text: string): Described {
  const config = JSON.parse(text) as { Name: string; Config: { Labels: Record<string, string> | null } };
  const labels = config.Config.Labels ?? {};
  const generation = labels["io.pictl.generation"];
  return {
    id,
    name: config.Name.replace(/^\//, ""),
    cluster: labels["io.pictl.cluster"] ?? null,
    container: labels["io.pictl.container"] ?? null,
    generation: generation === undefined ? null : Number(generation),
  };
}

/** One hierarchy is enough; the one without controllers comes with every engine. */
function cgroupRoots(): string[] {
  const roots = read("/proc/self/mounts")
    .split("\n")
    .map((row) => row.split(" "))
    .filter(([, , type]) => type === "cgroup" || type === "cgroup2")
    .flatMap(([, path]) => path ?? []);
  return roots.filter((path) => /pids|unified|cgroup$/.test(path));
}

function entries(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function modified(file: string): number | undefined {
  try {
    return statSync(file).mtimeMs;
  } catch {
    return undefined;
  }
}
