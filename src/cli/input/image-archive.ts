import { spawn } from "node:child_process";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { onAbort } from "../../abort.ts";
import type { ImageSource } from "../../app/image/push.ts";
import { PictlError } from "../../domain/errors.ts";
import { checkReference } from "../../domain/images/reference.ts";
import { visible } from "../../domain/text.ts";
import { whyUnread } from "../../files/read.ts";

/**
 * What `image push` was told: `-` is stdin; what is a file, or is called like one, is that file; all else is an image of this
 * machine's Docker. Throws usage for a file that is not there, and for what cannot be an image's name.
 */
export async function openImageArchive(word: string): Promise<ImageSource> {
  if (word === "-") return { from: "stdin", chunks: () => process.stdin };
  const path = resolve(word);
  const found = await stat(path).catch((error: unknown) => whyUnread(error));
  if (typeof found !== "string" && (found.isFile() || found.isFIFO())) {
    return { from: word, chunks: (signal) => fileChunks(path, signal) };
  }
  if (/^[./~]|\.(?:tar|tgz|tar\.gz)$/.test(word)) {
    const why = typeof found === "string" ? found : "is no file";
    throw new PictlError("usage", `${path} ${why}.`, {
      hint: "Make one with `docker image save --output FILE IMAGE`.",
    });
  }
  const image = checkReference(word);
  return { from: `${image} of this machine's Docker`, chunks: (signal) => savedImage(image, signal) };
}

async function* fileChunks(path: string, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  try {
    yield* createReadStream(path, { signal, highWaterMark: 256 * 1024 }) as AsyncIterable<Uint8Array>;
  } catch (error) {
    signal.throwIfAborted();
    throw new PictlError("usage", `${path} ${whyUnread(error)}.`, { cause: error });
  }
}

/** What docker complains of that is kept for the error. */
const stderrKept = 4 * 1024;

/** Rejects with docker-missing, image-missing and docker-failed, after what has come. */
async function* savedImage(image: string, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const child = spawn("docker", ["image", "save", image], { stdio: ["ignore", "pipe", "pipe"] });
  let complaint = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    complaint = (complaint + text).slice(-stderrKept);
  });
  const ended = new Promise<number | NodeJS.ErrnoException>((done) => {
    child.once("error", done);
    child.once("close", (code) => {
      done(code ?? 1);
    });
  });
  const off = onAbort(signal, () => child.kill());
  try {
    yield* child.stdout as AsyncIterable<Uint8Array>;
    const end = await ended;
    signal.throwIfAborted();
    if (end !== 0) throw whyNotSaved(image, end, visible(complaint.trim()));
  } finally {
    off();
    child.kill();
  }
}

function whyNotSaved(image: string, end: number | NodeJS.ErrnoException, said: string): PictlError {
  const orFile = "Or give the archive that `docker image save` wrote elsewhere: `pictl image push FILE`.";
  if (typeof end !== "number") {
    const isMissing = end.code === "ENOENT";
    const text = isMissing ? "There is no `docker` on this machine" : `docker cannot be run here: ${end.message}`;
    return new PictlError("docker-missing", `${text}, and no file ${image}.`, { hint: orFile, cause: end });
  }
  if (/no such image|reference does not exist/i.test(said)) {
    return new PictlError(
      "image-missing",
      `This machine's Docker has no image ${image}, and there is no file ${image}.`,
      {
        hint: "`docker image ls` here lists what it has.",
      },
    );
  }
  const words = said === "" ? `it ended with exit code ${String(end)}` : said;
  return new PictlError("docker-failed", `This machine's Docker did not give the image ${image}: ${words}`, {
    hint: orFile,
  });
}
