import type { FileHandle } from "node:fs/promises";

/** A line longer than this is no event of ours, and is skipped. */
const maxLineBytes = 1024 * 1024;

/**
 * The whole lines of a file from a byte position on; `next` is where the one after it begins. The last one is left
 * while its newline is missing: it is still being written.
 */
export async function* linesFrom(file: FileHandle, start: number): AsyncGenerator<{ text: string; next: number }> {
  const buffer = Buffer.alloc(64 * 1024);
  let kept: Buffer[] = [];
  let size = 0;
  let position = start;
  for (;;) {
    const { bytesRead } = await file.read(buffer, 0, buffer.length, position);
    if (bytesRead === 0) return;
    const chunk = buffer.subarray(0, bytesRead);
    let from = 0;
    for (let at = chunk.indexOf(0x0a); at !== -1; at = chunk.indexOf(0x0a, from)) {
      const text = size > maxLineBytes ? "" : Buffer.concat([...kept, chunk.subarray(from, at)]).toString();
      kept = [];
      size = 0;
      from = at + 1;
      yield { text, next: position + from };
    }
    size += bytesRead - from;
    if (size <= maxLineBytes) kept.push(Buffer.from(chunk.subarray(from)));
    else kept = [];
    position += bytesRead;
  }
}
