import { execFile } from "node:child_process";
import { hostname, userInfo } from "node:os";
import { PictlError } from "../../domain/errors.ts";
import { parseSshOptions, type LocalUser, type SshOptions } from "../../domain/ssh/target.ts";

export interface Lookup {
  readonly address: string;
  readonly user: string | undefined;
  readonly port: number | undefined;
}

/** ssh_config's options for a host. Rejects with a PictlError when the files have errors. */
export type ResolveOptions = (lookup: Lookup, signal: AbortSignal) => Promise<SshOptions>;

export function localUser(home: string, env: LocalUser["env"]): LocalUser {
  return { name: userInfo().username, home, hostname: hostname(), env };
}

/** Asks OpenSSH itself, which knows Include, Match and every token. */
export const askOpenSsh: ResolveOptions = (lookup, signal) =>
  new Promise((resolve, reject) => {
    const flags = [
      ...(lookup.user === undefined ? [] : ["-l", lookup.user]),
      ...(lookup.port === undefined ? [] : ["-p", String(lookup.port)]),
    ];
    execFile(
      "ssh",
      ["-G", ...flags, "--", lookup.address],
      { signal, timeout: 5_000, killSignal: "SIGKILL", maxBuffer: 1 << 20 },
      (error, stdout, stderr) => {
        if (!error) resolve(parseSshOptions(stdout));
        else if (error.code === "ENOENT") reject(new NoOpenSsh());
        else reject(badConfig(lookup.address, stderr.trim() || error.message, error));
      },
    );
  });

/** There is no `ssh` on this machine. */
export class NoOpenSsh extends Error {}

function badConfig(address: string, detail: string, cause: unknown): PictlError {
  return new PictlError("node-unreachable", `ssh_config has no usable answer for ${address}: ${detail}.`, {
    hint: `\`ssh -G ${address}\` shows the same; correct the file it names.`,
    cause,
  });
}
