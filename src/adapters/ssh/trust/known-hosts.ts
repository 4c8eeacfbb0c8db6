import { createHash, createHmac, randomBytes } from "node:crypto";
import { PictlError } from "../../../domain/errors.ts";
import type { HostEntries, HostKey } from "../../../domain/ssh/trust/host-key.ts";
import {
  entriesFor,
  formatKnownHost,
  knownHostsName,
  parseKnownHosts,
  type HmacSha1,
  type KnownHost,
} from "../../../domain/ssh/trust/known-hosts.ts";
import { withoutHost } from "../../../domain/ssh/trust/known-hosts-edit.ts";
import type { SshTarget } from "../../../domain/ssh/config/target.ts";
import { whyUnread } from "../../../files/read.ts";
import { freshMs } from "../config/questions.ts";
import { appendToFile, readIfThere, replaceText } from "../config/text-file.ts";

/** The known_hosts files of this machine. */
export class KnownHosts {
  readonly #files = new Map<string, { readonly entries: Promise<KnownHost[]>; readonly readAt: number }>();
  /** Accepted here and now; their files are not read again. */
  readonly #accepted: KnownHost[] = [];

  /** Rejects with host-key-unknown when a file is there and cannot be read: better no answer than half of one. */
  async entriesOf(target: SshTarget): Promise<HostEntries> {
    const files = [...target.userKnownHostsFiles, ...target.globalKnownHostsFiles];
    const all = [...(await Promise.all(files.map((file) => this.#read(file)))).flat(), ...this.#accepted];
    const name = knownHostName(target);
    const bare = target.host.toLowerCase();
    const hasPort = target.hostKeyAlias === undefined && name !== bare;
    return { own: entriesFor(name, all, hmacSha1), portless: hasPort ? entriesFor(bare, all, hmacSha1) : [] };
  }

  /** Trusts keys from now on, and adds them to the user's first file. Returns that file's path. */
  async store(target: SshTarget, keys: readonly HostKey[]): Promise<string> {
    const file = target.userKnownHostsFiles[0] ?? "/dev/null";
    const name = knownHostName(target);
    const lines = keys.map((key) => {
      const salt = target.hashKnownHosts ? randomBytes(20).toString("base64") : undefined;
      return formatKnownHost(name, key, salt === undefined ? undefined : { salt, hmac: hmacSha1 });
    });
    if (file !== "/dev/null" && lines.length > 0) await appendToFile(file, lines).catch(notWritten(file));
    for (const { type, base64 } of keys) {
      this.#accepted.push({ file, line: 0, marker: undefined, hosts: name, keyType: type, key: base64 });
    }
    return file;
  }

  /**
   * Removes the target's keys from the user's first file. Rejects with host-key-changed when one of them stands in a
   * line that speaks of other hosts as well.
   */
  async forget(target: SshTarget): Promise<void> {
    const file = target.userKnownHostsFiles[0];
    if (file === undefined) return;
    const name = knownHostName(target);
    const text = await this.#text(file);
    const edited = withoutHost(text, name, hmacSha1);
    if (!edited.ok) {
      throw new PictlError(
        "host-key-changed",
        `${file}:${edited.line} has another key for ${name}, in a line with a pattern that other hosts may need.`,
        { hint: "Edit that line by hand, then try again." },
      );
    }
    if (edited.text !== text) await replaceText(file, edited.text).catch(notWritten(file));
    this.#files.delete(file);
  }

  #read(file: string): Promise<KnownHost[]> {
    const known = this.#files.get(file);
    if (known && performance.now() - known.readAt < freshMs) return known.entries;
    const entries = this.#text(file).then((text) => parseKnownHosts(text, file));
    this.#files.set(file, { entries, readAt: performance.now() });
    return entries;
  }

  async #text(file: string): Promise<string> {
    try {
      return (await readIfThere(file)) ?? "";
    } catch (cause) {
      throw new PictlError("host-key-unknown", `${file} ${whyUnread(cause)}, so no host key can be checked.`, {
        hint: "Make the file readable for you, or name another one with `UserKnownHostsFile` in ~/.ssh/config.",
        cause,
      });
    }
  }
}

/** The name a target has in known_hosts. */
export function knownHostName(target: SshTarget): string {
  return target.hostKeyAlias ?? knownHostsName(target.host, target.port);
}

/** `SHA256:…`, as `ssh-keygen -l` prints it. */
export function fingerprint(key: HostKey): string {
  const hash = createHash("sha256").update(Buffer.from(key.base64, "base64")).digest("base64");
  return `SHA256:${hash.replace(/=+$/, "")}`;
}

const hmacSha1: HmacSha1 = (key, text) => createHmac("sha1", Buffer.from(key, "base64")).update(text).digest("base64");

function notWritten(file: string): (cause: Error) => never {
  return (cause) => {
    throw new PictlError("host-key-unknown", `The host key could not be written to ${file}: ${cause.message}.`, {
      hint: "Make the file and its folder writable for you.",
      cause,
    });
  };
}
