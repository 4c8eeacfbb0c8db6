import { readFile } from "node:fs/promises";
import { createSecureContext } from "node:tls";
import { PictlError } from "../../domain/errors.ts";

/** A certificate that may be renewed while it is used. */
export interface ServerCertificate {
  readonly credentials: () => TlsCredentials;
  /** Calls the listener with each later one; returns what ends that. */
  readonly follow: (listener: (credentials: TlsCredentials) => void) => () => void;
}

export interface TlsCredentials {
  /** PEM. */
  readonly cert: string;
  readonly key: string;
}

/**
 * The certificate of two files, which are looked at every few seconds: whoever renews it need tell nobody. One that
 * cannot be used is told once, and the last good one stays. Rejects with missing-prerequisite when the first cannot.
 */
export async function certificateOf(
  paths: { readonly cert: string; readonly key: string },
  warn: (message: string) => void,
  everyMs: number,
): Promise<ServerCertificate> {
  let current = await read(paths);
  let told = "";
  const listeners = new Set<(credentials: TlsCredentials) => void>();
  const look = async (): Promise<void> => {
    try {
      const next = await read(paths);
      told = "";
      if (next.cert === current.cert && next.key === current.key) return;
      current = next;
      for (const listener of listeners) listener(next);
    } catch (error) {
      const { message } = error as Error;
      if (message !== told) warn(`${message} The one before it is used on.`);
      told = message;
    }
  };
  let timer: ReturnType<typeof setInterval> | undefined;
  return {
    credentials: () => current,
    follow(listener) {
      listeners.add(listener);
      timer ??= setInterval(() => void look(), everyMs).unref();
      return () => {
        listeners.delete(listener);
        if (listeners.size > 0) return;
        clearInterval(timer);
        timer = undefined;
      };
    },
  };
}

/** One that does not change. */
export function fixedCertificate(credentials: TlsCredentials): ServerCertificate {
  return { credentials: () => credentials, follow: () => () => undefined };
}

async function read(paths: { readonly cert: string; readonly key: string }): Promise<TlsCredentials> {
  try {
    const [cert, key] = await Promise.all([readFile(paths.cert, "utf8"), readFile(paths.key, "utf8")]);
    // Of a pair that is being replaced, one may be the old one.
    createSecureContext({ cert, key });
    return { cert, key };
  } catch (cause) {
    // OpenSSL's words name no secret, and tell what is wrong with the files.
    const { message } = cause as Error;
    throw new PictlError(
      "missing-prerequisite",
      `The certificate ${paths.cert} with ${paths.key} cannot be used: ${message}.`,
      {
        hint: "Both must be PEM files that belong together, which this user may read; the key has no passphrase.",
        cause,
      },
    );
  }
}
