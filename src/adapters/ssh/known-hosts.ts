import { createHash, createHmac, randomBytes } from "node:crypto";
import { chmod, mkdir, open, readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { PictlError } from "../../domain/errors.ts";
import type { HostKey } from "../../domain/ssh/host-key.ts";
import {
  entriesFor,
  formatKnownHost,
  knownHostsName,
  parseKnownHosts,
  type HmacSha1,
  type KnownHost,
} from "../../domain/ssh/known-hosts.ts";
import type { SshTarget } from "../../domain/ssh/target.ts";

/** The known_hosts files of this machine, each read and parsed once. */
export class KnownHosts {
  readonly #files = new Map<string, Promise<KnownHost[]>>();
  readonly #accepted: KnownHost[] = [];

  /**
   * What the files say about the target: `entries` under its own name; `portless` under the bare host name, which
   * OpenSSH believes when a host on another port than 22 has no entry of its own.
   * Rejects with host-key-unknown when a file is there and cannot be read: better no answer than half of one.
   */
  async lookUp(target: SshTarget): Promise<{ entries: KnownHost[]; portless: KnownHost[] }> {
    const files = [...target.userKnownHostsFiles, ...target.globalKnownHostsFiles];
    const all = [...(await Promise.all(files.map((file) => this.#read(file)))).flat(), ...this.#accepted];
    const name = nameOf(target);
    const bare = target.host.toLowerCase();
    return {
      entries: entriesFor(name, all, hmacSha1),
      portless: target.hostKeyAlias === undefined && name !== bare ? entriesFor(bare, all, hmacSha1) : [],
    };
  }

  /** Trusts a key from now on, and stores it in the user's first file. Returns that file's path. */
  async store(target: SshTarget, key: HostKey): Promise<string> {
    const file = target.userKnownHostsFiles[0] ?? "/dev/null";
    this.#accepted.push({ file, line: 0, marker: undefined, hosts: nameOf(target), keyType: key.type, key: key.base64 });
    if (file === "/dev/null") return file;
    const salt = target.hashKnownHosts ? randomBytes(20).toString("base64") : undefined;
    const line = formatKnownHost(nameOf(target), key, salt === undefined ? undefined : { salt, hmac: hmacSha1 });
    try {
      await append(file, line);
    } catch (cause) {
      throw new PictlError("host-key-unknown", `The host key could not be written to ${file}: ${messageOf(cause)}.`, {
        cause,
      });
    }
    return file;
  }

  #read(file: string): Promise<KnownHost[]> {
    const known = this.#files.get(file);
    if (known) return known;
    const reading = readKnownHosts(file);
    this.#files.set(file, reading);
    return reading;
  }
}

/** The name a target has in known_hosts. */
export function nameOf(target: SshTarget): string {
  return target.hostKeyAlias ?? knownHostsName(target.host, target.port);
}

/** `SHA256:…`, as `ssh-keygen -l` prints it. */
export function fingerprint(key: HostKey): string {
  const hash = createHash("sha256").update(Buffer.from(key.base64, "base64")).digest("base64");
  return `SHA256:${hash.replace(/=+$/, "")}`;
}

const hmacSha1: HmacSha1 = (key, text) => createHmac("sha1", Buffer.from(key, "base64")).update(text).digest("base64");

async function readKnownHosts(file: string): Promise<KnownHost[]> {
  try {
    return parseKnownHosts(await readFile(file, "utf8"), file);
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    if (code === "ENOENT" || code === "ENOTDIR") return [];
    throw new PictlError("host-key-unknown", `${file} cannot be read (${messageOf(cause)}), so no host key can be checked.`, {
      hint: "Make the file readable for you, or name another one with `UserKnownHostsFile` in ~/.ssh/config.",
      cause,
    });
  }
}

/** One write in append mode: neither ssh nor another pictl appending at the same moment loses a line. */
async function append(file: string, line: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const handle = await open(file, "a+", 0o600);
  try {
    const { size, mode } = await handle.stat();
    const last = Buffer.alloc(1);
    if (size > 0) await handle.read(last, 0, 1, size - 1);
    await handle.write(size > 0 && last.toString() !== "\n" ? `\n${line}\n` : `${line}\n`);
    await handle.sync();
    if (size === 0 && (mode & 0o077) !== 0) await chmod(file, 0o600);
  } finally {
    await handle.close();
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
