import type { ClientChannel } from "ssh2";
import { onAbort } from "../../../abort.ts";
import type { RunOptions } from "../../../app/ports.ts";
import { Secret } from "../../../domain/secrets/secret.ts";

/**
 * Writes a command's stdin and ends it; stops quietly when `gone` aborts because the command ended first. Rejects
 * when the source fails, without ending stdin: half an input must not pass for a whole one.
 */
export async function feedStdin(channel: ClientChannel, stdin: RunOptions["stdin"], gone: AbortSignal): Promise<void> {
  if (stdin === undefined) channel.end();
  else if (stdin instanceof Secret) channel.end(stdin.reveal());
  else if (typeof stdin === "string" || stdin instanceof Uint8Array) channel.end(stdin);
  else await pump(channel, stdin, gone);
}

async function pump(channel: ClientChannel, source: AsyncIterable<Uint8Array>, gone: AbortSignal): Promise<void> {
  for await (const chunk of source) {
    await written(channel, chunk, gone);
    if (gone.aborted) return;
  }
  channel.end();
}

/** Resolves when the chunk is in packets, or nobody is there for it any more. */
function written(channel: ClientChannel, chunk: Uint8Array, gone: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const off = onAbort(gone, resolve);
    if (gone.aborted) return;
    channel.write(chunk, () => {
      off();
      resolve();
    });
  });
}
