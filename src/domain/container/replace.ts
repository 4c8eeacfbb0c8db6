import * as docker from "../docker/commands.ts";
import type { Command } from "../shell.ts";

/** The name the old copy has while a new one takes its place. `.` and `-` are legal in names; no layout uses this. */
export function retiredName(name: string): string {
  return `${name}${suffix}`;
}

/** The container whose old copy has this name; undefined for every other name. */
export function retiredFrom(name: string): string | undefined {
  return name.endsWith(suffix) ? name.slice(0, -suffix.length) : undefined;
}

const suffix = ".pictl-replaced";

/** Steps that put the old container aside, in order. Nothing is removed before the new one runs. `graceSeconds`: `docker.stop`. */
export function retire(name: string, graceSeconds?: number): readonly Command[] {
  return [docker.stop(name, graceSeconds), docker.rename(name, retiredName(name))];
}

/** Steps that bring the old one back after the new one failed to run. `wasRunning`: start it again. */
export function restore(name: string, wasRunning: boolean): readonly Command[] {
  return [docker.remove(name), docker.rename(retiredName(name), name), ...(wasRunning ? [docker.start(name)] : [])];
}
