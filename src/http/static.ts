import { randomBytes } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { extname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { securityHeaders } from "./guard/headers.ts";

/** The files of the web console, as they were built: few and small, so that they are kept in memory. */
export interface StaticFiles {
  /** undefined: there is no such file. `path` as in the address, `/` for the page. */
  answer(path: string, acceptsGzip: boolean): Response | undefined;
}

interface StoredFile {
  readonly type: string;
  readonly plain: Buffer;
  readonly gzip: Buffer | undefined;
}

const types: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".json": "application/json; charset=utf-8",
  ".webmanifest": "application/manifest+json",
  ".png": "image/png",
  ".woff2": "font/woff2",
};

const page = "/index.html";
/** In the page, where the nonce of each answer belongs. */
const noncePlace = "@NONCE@";
/** Names that the build gives have a digest of the content in them. */
const digested = /-[A-Z0-9]{8}\.\w+$/;

/** Reads the folder; without a build in it, `/` says so. */
export async function readStatic(folder: string): Promise<StaticFiles> {
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  const files = new Map<string, StoredFile>();
  for (const name of names) {
    const type = types[extname(name)];
    if (type === undefined) continue;
    const plain = await readFile(join(folder, name));
    const gzip = name.endsWith(".png") || name.endsWith(".woff2") ? undefined : gzipSync(plain);
    files.set(`/${name}`, { type, plain, gzip });
  }
  return {
    answer(path, acceptsGzip) {
      const name = path === "/" ? page : path;
      const file = files.get(name);
      if (!file) return path === "/" ? notBuilt() : undefined;
      if (name === page) return pageOf(file);
      const gzip = acceptsGzip ? file.gzip : undefined;
      return new Response(new Uint8Array(gzip ?? file.plain), {
        headers: {
          ...securityHeaders(),
          "content-type": file.type,
          "cache-control": digested.test(name) ? "public, max-age=31536000, immutable" : "no-cache",
          vary: "accept-encoding",
          ...(gzip ? { "content-encoding": "gzip" } : {}),
        },
      });
    },
  };
}

/** Each answer has a nonce of its own, which its policy names. */
function pageOf(file: StoredFile): Response {
  const nonce = randomBytes(16).toString("base64");
  return new Response(file.plain.toString().replaceAll(noncePlace, nonce), {
    headers: { ...securityHeaders(nonce), "content-type": file.type, "cache-control": "no-store" },
  });
}

function notBuilt(): Response {
  return new Response("The web console was not built: run `npm run build`. The API is at api/v1.\n", {
    status: 404,
    headers: { ...securityHeaders(), "content-type": "text/plain; charset=utf-8" },
  });
}
