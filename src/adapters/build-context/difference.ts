import { createHash } from "node:crypto";
import type { ContextDifference, SentContext } from "../../app/ports.ts";
import type { Segment } from "../../domain/build/kept-context.ts";
import { tarEnd, tarHeader, tarPadding } from "../../files/tar.ts";
import { chunkBytes, fileData } from "./file.ts";
import { folderItself, gathered, headerOf } from "./tar.ts";
import { turns } from "./turns.ts";
import type { TreeEntry } from "./walk.ts";

export interface Whole {
  readonly root: string;
  readonly entries: readonly TreeEntry[];
  /** Digests of the files' data, by path. */
  readonly digests: ReadonlyMap<string, string>;
}

interface Piece {
  /** What it is, whatever comes before it; undefined for what is always sent. */
  readonly key: string | undefined;
  readonly header: Buffer | undefined;
  readonly entry: TreeEntry | undefined;
  readonly bytes: number;
}

/** Smaller pieces are sent: each that is copied costs the node two processes. */
const leastCopied = 32 * 1024;
const mostCopies = 500;

/** `BuildContext.difference` */
export async function differenceOf(whole: Whole, before: SentContext | undefined): Promise<ContextDifference> {
  const pieces = await piecesOf(whole);
  const bytes = pieces.reduce((sum, piece) => sum + piece.bytes, 0);
  const least = Math.max(leastCopied, Math.ceil(bytes / mostCopies));
  const known = new Map(before?.pieces.map(([key, at, size]) => [key, { at, size }]));
  const runs = runsOf(pieces, known).map((run) =>
    run.copy !== undefined && run.bytes < least ? { ...run, copy: undefined } : run,
  );
  const segments = merged(
    runs.map((run): Segment => (run.copy === undefined ? { send: run.bytes } : { copy: run.copy, bytes: run.bytes })),
  );
  const sent = { id: "", bytes, pieces: placed(pieces) };
  const id = createHash("sha256").update(JSON.stringify(sent.pieces)).digest("hex").slice(0, 32);
  const literal = runs.filter(({ copy }) => copy === undefined).flatMap((run) => run.pieces);
  return {
    sent: { ...sent, id },
    before: before?.id,
    segments,
    sentBytes: literal.reduce((sum, piece) => sum + piece.bytes, 0),
    chunks: (signal = new AbortController().signal) => gathered(chunksOf(whole.root, literal, signal)),
  };
}

/** Header, data with what fills its last block, header …: data has a key of its own, so that one that was only touched is known. */
async function piecesOf({ entries, digests }: Whole): Promise<readonly Piece[]> {
  const pieces: Piece[] = [];
  const turn = turns();
  for (const entry of [folderItself, ...entries]) {
    await turn();
    const header = await tarHeader(headerOf(entry));
    const key = createHash("sha256").update(header).digest("hex").slice(0, 24);
    pieces.push({ key, header, entry: undefined, bytes: header.length });
    if (entry.kind !== "file" || entry.size === 0) continue;
    const digest = digests.get(entry.path);
    const bytes = entry.size + tarPadding(entry.size).length;
    pieces.push({ key: digest?.slice(0, 40), header: undefined, entry, bytes });
  }
  return [...pieces, { key: undefined, header: Buffer.from(tarEnd), entry: undefined, bytes: tarEnd.length }];
}

interface Run {
  /** Where it is in the tar of before; undefined where it is sent. */
  readonly copy: number | undefined;
  readonly bytes: number;
  readonly pieces: readonly Piece[];
}

/** Pieces that follow each other in both tars are one. */
function runsOf(
  pieces: readonly Piece[],
  known: ReadonlyMap<string, { readonly at: number; readonly size: number }>,
): readonly Run[] {
  const runs: { copy: number | undefined; bytes: number; pieces: Piece[] }[] = [];
  for (const piece of pieces) {
    const found = piece.key === undefined ? undefined : known.get(piece.key);
    const copy = found?.size === piece.bytes ? found.at : undefined;
    const last = runs.at(-1);
    const follows =
      last &&
      (copy === undefined ? last.copy === undefined : last.copy !== undefined && last.copy + last.bytes === copy);
    if (last && follows) {
      last.bytes += piece.bytes;
      last.pieces.push(piece);
    } else runs.push({ copy, bytes: piece.bytes, pieces: [piece] });
  }
  return runs;
}

function merged(segments: readonly Segment[]): readonly Segment[] {
  const all: Segment[] = [];
  for (const segment of segments) {
    const last = all.at(-1);
    if (last && "send" in last && "send" in segment) all[all.length - 1] = { send: last.send + segment.send };
    else all.push(segment);
  }
  return all;
}

function placed(pieces: readonly Piece[]): SentContext["pieces"] {
  let at = 0;
  return pieces.flatMap(({ key, bytes }) => {
    const place = at;
    at += bytes;
    return key === undefined ? [] : [[key, place, bytes] as const];
  });
}

async function* chunksOf(root: string, pieces: readonly Piece[], signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const buffer = Buffer.allocUnsafe(chunkBytes);
  const turn = turns();
  for (const { header, entry } of pieces) {
    if (header) yield header;
    if (entry?.kind !== "file") continue;
    for (const chunk of fileData(root, entry, { signal, buffer })) {
      yield chunk;
      await turn();
    }
    yield tarPadding(entry.size);
  }
}
