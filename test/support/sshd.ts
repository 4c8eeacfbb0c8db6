/** A real sshd for a test: its own folder, host keys and configuration, on a free loopback port. */
import { execFile, spawn, type ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { NodeSpec, SshSettings } from "../../src/domain/config/types.ts";

const exec = promisify(execFile);
const sshdPath = "/usr/sbin/sshd";

/** Why no sshd can be started here; undefined when it can. */
export const whyNoSshd: string | undefined =
  process.getuid?.() !== 0 ? "needs root" : existsSync(sshdPath) ? undefined : "needs openssh-server";

export interface SshdOptions {
  /** Lines for sshd_config, ahead of the defaults: sshd takes the first value it finds. */
  readonly config?: readonly string[];
  /** NAME=VALUE, for the sessions of root. */
  readonly env?: readonly string[];
  /** Default: 127.0.0.1. */
  readonly address?: string;
  /** Default: ed25519. */
  readonly hostKeyTypes?: readonly ("ed25519" | "ecdsa" | "rsa")[];
  /** Public keys that may log in, besides the folder's own `key`. */
  readonly authorizedKeys?: readonly string[];
}

export interface Sshd {
  readonly port: number;
  readonly dir: string;
  /** A private key that may log in as any user. */
  readonly key: string;
  /** Has this sshd's host keys. */
  readonly knownHosts: string;
  /** What the sshd logged so far. */
  log(): Promise<string>;
  /** A node that is this sshd. */
  node(name?: string, ssh?: SshSettings): NodeSpec;
  /** Ends this sshd and what it started, and removes the folder. */
  stop(): Promise<void>;
}

export async function startSshd(options: SshdOptions = {}): Promise<Sshd> {
  const dir = await mkdtemp(join(tmpdir(), "pictl-sshd-"));
  const types = options.hostKeyTypes ?? ["ed25519"];
  const port = await freePort();
  const key = join(dir, "key");
  await Promise.all([...types.map((type) => keygen(join(dir, `host_${type}`), type)), keygen(key, "ed25519")]);

  const authorized = [await readFile(`${key}.pub`, "utf8"), ...(options.authorizedKeys ?? [])].join("\n");
  await writeFile(join(dir, "authorized_keys"), `${authorized}\n`, { mode: 0o644 });
  // sshd reads the keys as the user who logs in.
  await chmod(dir, 0o755);
  await mkdir("/run/sshd", { recursive: true, mode: 0o755 });
  await writeFile(
    join(dir, "sshd_config"),
    [
      ...(options.config ?? []),
      `Port ${port}`,
      `ListenAddress ${options.address ?? "127.0.0.1"}`,
      ...types.map((type) => `HostKey ${join(dir, `host_${type}`)}`),
      `PidFile ${join(dir, "pid")}`,
      `AuthorizedKeysFile ${join(dir, "authorized_keys")}`,
      "StrictModes no",
      "PermitRootLogin yes",
      "PasswordAuthentication no",
      "KbdInteractiveAuthentication no",
      "UsePAM no",
      // Of this one sshd takes the last value it finds.
      ...(options.config?.some((line) => line.startsWith("MaxStartups")) ? [] : ["MaxStartups 100"]),
      "LogLevel VERBOSE",
      "PrintMotd no",
      // What stands in root's start-up files here is no matter of a test, and may take a second each time.
      "Match User root",
      `SetEnv ${[`HOME=${dir}`, ...(options.env ?? [])].join(" ")}`,
      "",
    ].join("\n"),
  );
  const logFile = join(dir, "log");
  const daemon = spawn(sshdPath, ["-D", "-f", join(dir, "sshd_config"), "-E", logFile], {
    stdio: "ignore",
    detached: true,
  });
  const log = (): Promise<string> => readFile(logFile, "utf8").catch(() => "");
  try {
    await listening(daemon, log);
  } catch (error) {
    await rm(dir, { recursive: true, force: true });
    throw error;
  }

  const knownHosts = join(dir, "known_hosts");
  const hostKeys = await Promise.all(types.map((type) => readFile(join(dir, `host_${type}.pub`), "utf8")));
  await writeFile(knownHosts, hostKeys.map((line) => `[127.0.0.1]:${port} ${line}`).join(""), { mode: 0o600 });

  return {
    port,
    dir,
    key,
    knownHosts,
    log,
    node: (name = "n1", ssh = {}) => ({
      name,
      address: "127.0.0.1",
      labels: {},
      cordoned: false,
      ssh: { user: "root", port, identityFile: key, knownHostsFile: knownHosts, ...ssh },
    }),
    stop: async () => {
      await endGroup(daemon);
      // A session that is just ending may still write its log.
      await rm(dir, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

export async function keygen(path: string, type = "ed25519", passphrase = ""): Promise<void> {
  await exec("ssh-keygen", ["-q", "-t", type, "-N", passphrase, "-C", "pictl-test", "-f", path]);
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** sshd says in its log that it listens; a connection made to find out would be one too many for some tests. */
async function listening(daemon: ChildProcess, log: () => Promise<string>): Promise<void> {
  const until = Date.now() + 10_000;
  while (!/Server listening/.test(await log())) {
    if (daemon.exitCode !== null || Date.now() > until) throw new Error(`sshd did not start: ${await log()}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** Its children serve connections in process groups of their own, and end with their connections. */
async function endGroup(daemon: ChildProcess): Promise<void> {
  if (daemon.exitCode !== null || daemon.pid === undefined) return;
  const ended = new Promise((resolve) => daemon.once("exit", resolve));
  process.kill(-daemon.pid, "SIGTERM");
  await ended;
}
