import { execFile } from "node:child_process";
import { join } from "node:path";
import { PictlError } from "../../../domain/errors.ts";
import { hostClass, plainOptions, type ConfigLine } from "../../../domain/ssh/config/config-lines.ts";
import { parseSshOptions, type SshOptions } from "../../../domain/ssh/config/target.ts";
import { whyUnread } from "../../../files/read.ts";
import { readSshConfigFile } from "./files.ts";
import { Semaphore } from "../connect/gate.ts";
import { askedOnce, freshMs } from "./questions.ts";

export interface SshLookup {
  readonly address: string;
  readonly user: string | undefined;
  readonly port: number | undefined;
}

/** How many `ssh -G` run at a time. */
const maxProcesses = 4;
/** `Match exec` may run programs; a hung one must not hold up its node for ever. */
const processTimeoutMs = 5_000;

/**
 * ssh_config's options for hosts. OpenSSH itself is asked, but no more often than its files can make a difference; what it
 * said a moment ago is asked again, since the files change while a daemon runs.
 */
export class SshConfig {
  readonly #home: string;
  readonly #file: string | undefined;
  readonly #processes = new Semaphore(maxProcesses);
  readonly #classes = askedOnce<SshOptions>(freshMs);
  readonly #lines = askedOnce<ConfigLine[]>(freshMs);

  /** `file`: read instead of the user's and the system's, as `ssh -F` does. */
  constructor(home: string, file: string | undefined) {
    this.#home = home;
    this.#file = file;
  }

  /** Rejects with node-unreachable when the files have errors, or with the signal's reason. */
  async optionsFor(lookup: SshLookup, signal: AbortSignal): Promise<SshOptions> {
    const lines = await this.#lines("", () => this.#read());
    const plain = plainOptions(lines);
    if (plain) return plain;
    const hosts = hostClass(lines, lookup.address);
    if (hosts === undefined) return this.#ask(lookup, lines, signal);

    const key = JSON.stringify([hosts, lookup.user, lookup.port]);
    return this.#classes(key, async () => {
      // Others may want the answer after this caller has gone.
      const options = await this.#ask(lookup, lines, new AbortController().signal);
      return withoutOwnName(options, lookup.address);
    });
  }

  async #read(): Promise<ConfigLine[]> {
    const files = this.#file === undefined ? [join(this.#home, ".ssh/config"), "/etc/ssh/ssh_config"] : [this.#file];
    try {
      const all = await Promise.all(files.map((file) => readSshConfigFile(file, this.#home)));
      return all.flatMap((lines) => [...lines, { keyword: "host", words: ["*"] }]);
    } catch (cause) {
      throw new PictlError("node-unreachable", `ssh_config ${whyUnread(cause)}.`, {
        hint: "Make the file readable for you.",
        cause,
      });
    }
  }

  async #ask(lookup: SshLookup, lines: readonly ConfigLine[], signal: AbortSignal): Promise<SshOptions> {
    const leave = await this.#processes.enter(signal);
    try {
      return parseSshOptions(await askOpenSsh(lookup, this.#file, signal));
    } catch (error) {
      if (!(error instanceof NoOpenSsh)) throw error;
      return await evaluate(lines, lookup);
    } finally {
      leave();
    }
  }
}

/** There is no `ssh` on this machine. */
class NoOpenSsh extends Error {}

function askOpenSsh(
  { address, user, port }: SshLookup,
  file: string | undefined,
  signal: AbortSignal,
): Promise<string> {
  const flags = [
    ...(file === undefined ? [] : ["-F", file]),
    ...(user === undefined ? [] : ["-l", user]),
    ...(port === undefined ? [] : ["-p", String(port)]),
  ];
  const limits = { signal, timeout: processTimeoutMs, killSignal: "SIGKILL", maxBuffer: 1 << 20 } as const;
  return new Promise((resolve, reject) => {
    execFile("ssh", ["-G", ...flags, "--", address], limits, (error, stdout, stderr) => {
      if (!error) resolve(stdout);
      else if (signal.aborted) reject(signal.reason as Error);
      else if (error.code === "ENOENT") reject(new NoOpenSsh());
      else reject(badConfig(address, error.killed ? "it took too long" : stderr.trim() || error.message, error));
    });
  });
}

function badConfig(address: string, detail: string, cause: unknown): PictlError {
  return new PictlError("node-unreachable", `OpenSSH cannot tell its settings for ${address}: ${detail}.`, {
    hint: `\`ssh -G ${address}\` shows the same; correct the file it names.`,
    cause,
  });
}

/** Where there is no OpenSSH: Host blocks and wildcards, no tokens. */
async function evaluate(lines: readonly ConfigLine[], { address }: SshLookup): Promise<SshOptions> {
  const { default: SSHConfig } = await import("ssh-config");
  const text = lines.map(({ keyword, words }) => `${keyword} ${words.map((word) => `"${word}"`).join(" ")}`).join("\n");
  const computed = SSHConfig.parse(text).compute(address, { ignoreCase: true });
  const options = new Map<string, string[]>();
  for (const [keyword, value] of Object.entries(computed)) {
    if (keyword.toLowerCase() !== "host") options.set(keyword.toLowerCase(), [value].flat());
  }
  return options;
}

/** OpenSSH gives a host without HostName its own name; without that, the options hold for its whole class. */
function withoutOwnName(options: SshOptions, address: string): SshOptions {
  if (options.get("hostname")?.[0]?.toLowerCase() !== address.toLowerCase()) return options;
  const shared = new Map(options);
  shared.delete("hostname");
  return shared;
}
