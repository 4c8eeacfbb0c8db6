import { execFile } from "node:child_process";
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { LabStatus } from "../../src/lab/index.ts";
import { quote } from "../../src/domain/shell.ts";
import { sshOptions } from "./peer.ts";

/** `docker compose` on this machine, which does its work on a node of a lab through `DOCKER_HOST=ssh://`. */
export interface Compose {
  /** Runs `docker compose WORDS` in `folder` for the node. Rejects when its exit code is not 0. */
  run(index: number, folder: string, ...words: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

/** With buildx, since compose builds by it. Resolves to the reason where there is none. */
export async function composeOn(lab: LabStatus): Promise<Compose | string> {
  const installed = { docker: "docker", plugins: undefined };
  const root = join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "pictl-test/engines/docker-28.5");
  const fetched = { docker: join(root, "usr/bin/docker"), plugins: join(root, "usr/libexec/docker/cli-plugins") };
  const dir = await mkdtemp(join(tmpdir(), "bench-compose-"));
  for (const { docker, plugins } of [installed, fetched]) {
    const env = await surroundings(lab, dir, plugins);
    const there = await Promise.all(["compose", "buildx"].map((plugin) => works(docker, [plugin, "version"], env)));
    if (there.includes(false)) continue;
    return {
      run: async (index, folder, ...words) => {
        const to = { ...env, DOCKER_HOST: `ssh://root@${lab.nodes[index]?.address ?? ""}` };
        await promisify(execFile)(docker, ["compose", ...words], { cwd: folder, env: to });
      },
      close: () => rm(dir, { recursive: true }),
    };
  }
  await rm(dir, { recursive: true });
  return "docker compose with buildx is neither on this machine nor in what `npm run engines -- docker-28.5` fetches";
}

/** An `ssh` that has the lab's key, since docker gives it no options; `plugins`: undefined for those of this machine. */
async function surroundings(lab: LabStatus, dir: string, plugins: string | undefined): Promise<NodeJS.ProcessEnv> {
  const [bin, config] = [join(dir, "bin"), join(dir, "config")];
  await mkdir(bin, { recursive: true });
  const ssh = join(bin, "ssh");
  await writeFile(ssh, `#!/bin/sh\nPATH=\${PATH#*:}\nexec ssh ${sshOptions(lab).map(quote).join(" ")} "$@"\n`);
  await chmod(ssh, 0o755);
  const env = { ...process.env, PATH: `${bin}:${process.env["PATH"] ?? ""}` };
  if (plugins === undefined) return env;
  await mkdir(config);
  await symlink(plugins, join(config, "cli-plugins"));
  return { ...env, DOCKER_CONFIG: config };
}

function works(program: string, words: readonly string[], env: NodeJS.ProcessEnv): Promise<boolean> {
  return promisify(execFile)(program, words, { env }).then(
    () => true,
    () => false,
  );
}
