import type { LogRecord } from "../../domain/docker/facts.ts";
import { PictlError } from "../../domain/errors.ts";
import { LogLines } from "./log-lines.ts";

/** Reads log records out of a response's bytes, however they are cut into chunks. */
export interface LogStream {
  push(chunk: Buffer): Generator<LogRecord>;
  end(): Generator<LogRecord>;
}

/**
 * A container without a terminal: frames of one message each, with a header of 8 bytes (stream, three zeros, length
 * as big-endian 32 bits). https://docs.docker.com/reference/api/engine/ "Stream format".
 * Throws docker-failed for what is no such stream and for an error the daemon reports in it.
 */
export function framedLogs(): LogStream {
  const streams = [new LogLines("stdout", { tty: false }), new LogLines("stderr", { tty: false })] as const;
  let header = Buffer.alloc(0);
  let lines: LogLines | undefined;
  let left = 0;
  let begins = false;

  return {
    *push(chunk) {
      let rest = chunk;
      while (rest.length > 0) {
        if (left === 0) {
          const take = headerBytes - header.length;
          header = Buffer.concat([header, rest.subarray(0, take)]);
          rest = rest.subarray(take);
          if (header.length < headerBytes) return;
          left = header.readUInt32BE(4);
          lines = streamOf(header, streams);
          begins = true;
          header = Buffer.alloc(0);
          continue;
        }
        const payload = rest.subarray(0, left);
        if (!lines)
          throw new PictlError("docker-failed", `Docker could not read the log: ${payload.toString().trim()}`);
        yield* lines.push(payload, begins);
        begins = false;
        left -= payload.length;
        rest = rest.subarray(payload.length);
      }
    },
    *end() {
      for (const each of streams) yield* each.end();
    },
  };
}

const headerBytes = 8;

/** undefined: the daemon's own error. */
function streamOf(header: Buffer, [stdout, stderr]: readonly [LogLines, LogLines]): LogLines | undefined {
  const kind = header.readUInt32BE(0) / 0x1000000;
  if (kind === 0 || kind === 1) return stdout;
  if (kind === 2) return stderr;
  if (kind === 3) return undefined;
  throw new PictlError("docker-failed", "What Docker sent as a log is none: a frame has an unknown header.");
}

/** A container with a terminal: messages one after another, all of them stdout. */
export function rawLogs(): LogStream {
  const lines = new LogLines("stdout", { tty: true });
  let begins = true;

  return {
    *push(chunk) {
      let rest = chunk;
      while (rest.length > 0) {
        const newline = rest.indexOf(0x0a);
        const piece = newline === -1 ? rest : rest.subarray(0, newline + 1);
        yield* lines.push(piece, begins);
        begins = newline !== -1;
        rest = rest.subarray(piece.length);
      }
    },
    end: () => lines.end(),
  };
}
