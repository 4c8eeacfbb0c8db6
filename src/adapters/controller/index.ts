import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { constants } from "node:fs";
import { access, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Controller } from "../../app/ports.ts";
import type { ControllerFacts, StateDir } from "../../domain/doctor/controller.ts";

/** The machine this process runs on. */
export const thisMachine: Controller = {
  async look({ config, stateDir }) {
    const [sshVersion, configFile, state] = await Promise.all([
      askSsh(),
      lookAtConfig(config),
      lookAtStateDir(stateDir),
    ]);
    return { nodeVersion: process.versions.node, sshVersion, config: configFile, stateDir: state };
  },
  lookAtStateDir,
};

/** `ssh -V` writes to stderr. */
function askSsh(): Promise<string | null> {
  return new Promise((resolve) => {
    execFile("ssh", ["-V"], { timeout: 5_000 }, (error, stdout, stderr) => {
      resolve(error ? null : ((stderr.trim() || stdout.trim()).split(",")[0] ?? null));
    });
  });
}

async function lookAtConfig(path: string): Promise<ControllerFacts["config"]> {
  const mode = await stat(path).then(
    (stats) => stats.mode & 0o777,
    () => 0,
  );
  return { path, mode, folderWritable: (await whyUnwritable(dirname(path))) === undefined };
}

/** A folder that is not there yet is as good as the nearest one above it. */
async function lookAtStateDir(path: string): Promise<StateDir> {
  for (let folder = path; ; folder = dirname(folder)) {
    const code = await whyUnwritable(folder);
    if (code === undefined) {
      if (folder !== path) return { path, state: "missing" };
      const full = await whyNoRoom(folder);
      return full === undefined
        ? { path, state: "writable" }
        : { path, state: "unusable", reason: reasons[full] ?? full };
    }
    if (code !== "ENOENT" || folder === dirname(folder))
      return { path, state: "unusable", reason: reasons[code] ?? code };
  }
}

const reasons: Readonly<Record<string, string>> = {
  EACCES: "no permission",
  EROFS: "its file system is mounted read-only",
  ENOTDIR: "it is not a folder",
  ENOSPC: "no room is left",
  EDQUOT: "this user's disk quota is used up",
};

/** Quotas, reserved blocks and inodes: what there is room for, only a file tells. */
async function whyNoRoom(folder: string): Promise<string | undefined> {
  const path = join(folder, `.room.${randomBytes(6).toString("hex")}`);
  try {
    await writeFile(path, Buffer.alloc(4096), { flag: "wx", mode: 0o600 });
    return undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? "unknown";
  } finally {
    await rm(path, { force: true }).catch(() => undefined);
  }
}

async function whyUnwritable(folder: string): Promise<string | undefined> {
  try {
    if (!(await stat(folder)).isDirectory()) return "ENOTDIR";
    await access(folder, constants.W_OK | constants.X_OK);
    return undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? "unknown";
  }
}
