/** The config of a new lab, in the shape of the README's sample, and the images it places. */
import { chmodSync, copyFileSync, cpSync, existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { sampleConfig } from "./config-text.ts";
import type { LabPlan } from "./plan.ts";
import { staticBusybox } from "../machine/programs.ts";
import { runHere } from "../machine/run.ts";
import { packageRoot } from "./templates.ts";

/** Entries of the lab's folder that a user may bring along; `lab up` writes the ones that are missing. */
export function missingEntries(plan: LabPlan): string[] {
  const wanted = plan.record.docker ? ["config.json", "docker"] : ["config.json"];
  return wanted.filter((entry) => !existsSync(join(plan.record.dir, entry)));
}

/** Writes the entries that the record says are the lab's own, unless they are there already. Throws as `runHere` does. */
export async function writeEntries(plan: LabPlan, signal?: AbortSignal): Promise<void> {
  const { config, docker } = plan.paths;
  if (plan.record.wrote.includes("docker") && !existsSync(docker)) {
    cpSync(demo(), docker, { recursive: true, verbatimSymlinks: true });
    await Promise.all(imagesIn(docker).map((image) => addBusybox(join(docker, image, "rootfs"), signal)));
  }
  if (plan.record.wrote.includes("config.json") && !existsSync(config)) {
    writeFileSync(config, sampleConfig(plan, plan.record.docker ? imagesIn(docker) : []), { mode: 0o600 });
  }
}

/** The build folders that a lab brings along, as entries of its folder. */
export function demoFolders(): string[] {
  return readdirSync(demo()).map((image) => join("docker", image));
}

function demo(): string {
  return join(packageRoot(), "templates", "demo");
}

/**
 * No registry is reachable from a lab, so its images hold nothing but this, and a name in /bin for each of its programs:
 * here, since a `RUN` that makes them takes a node half of the time of its build.
 */
async function addBusybox(root: string, signal?: AbortSignal): Promise<void> {
  const busybox = staticBusybox();
  if (busybox === undefined) return;
  const bin = join(root, "bin");
  mkdirSync(bin);
  copyFileSync(busybox, join(bin, "busybox"));
  chmodSync(join(bin, "busybox"), 0o755);
  await runHere("fill a demo image", ["chroot", root, "/bin/busybox", "--install", "-s", "/bin"], { signal });
}

/** Folders with a Dockerfile, `web` first. */
function imagesIn(docker: string): string[] {
  const names = readdirSync(docker, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(docker, entry.name, "Dockerfile")))
    .map((entry) => entry.name)
    .sort();
  return [...names.filter((name) => name === "web"), ...names.filter((name) => name !== "web")];
}
