import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Room } from "./room.ts";

const manifestBytes = 4 << 20;

/** More than docker opens at a time; nobody else has to be served. */
const maxStreams = 64;

/**
 * The part of a registry (https://distribution.github.io/distribution/spec/api/) that docker needs to push and pull one image.
 * No port is opened here: streams are handed in. Who does not know the name of a room is told that there is nothing.
 */
export class Registry {
  readonly #rooms = new Map<string, Room>();
  readonly #server = createServer({ requestTimeout: 0, keepAliveTimeout: 30_000 }, (request, response) => {
    this.#answer(request, response).catch((error: unknown) => {
      if (response.headersSent) response.destroy();
      else refuse(response, error instanceof RangeError ? 413 : 500, "UNKNOWN");
    });
  });
  #streams = 0;

  /** Resolves the name of the new room. */
  add(room: Room): string {
    const name = `pictl/${randomBytes(16).toString("hex")}`;
    this.#rooms.set(name, room);
    return name;
  }

  remove(name: string): void {
    this.#rooms.delete(name);
  }

  accept(stream: Duplex): void {
    stream.on("error", () => undefined);
    if (this.#streams >= maxStreams) {
      stream.destroy();
      return;
    }
    this.#streams += 1;
    stream.once("close", () => {
      this.#streams -= 1;
    });
    this.#server.emit("connection", Object.assign(stream, ofSocketsOnly));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", "http://registry");
    if (url.pathname === "/v2/" || url.pathname === "/v2") {
      reply(response, 200);
      return;
    }
    const [, name = "", kind, rest = ""] =
      /^\/v2\/(pictl\/[0-9a-f]{32})\/(blobs|manifests)\/(.+)$/.exec(url.pathname) ?? [];
    const room = this.#rooms.get(name);
    if (!room) refuse(response, 404, "NAME_UNKNOWN");
    else if (kind === "manifests") await manifests(room, { request, response, reference: decodeURIComponent(rest) });
    else if (rest.startsWith("uploads/")) await uploads(room, { request, response, url, name, id: rest.slice(8) });
    else await blobs(room, { request, response, digest: decodeURIComponent(rest) });
  }
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

async function blobs(room: Room, { request, response, digest }: Exchange & { readonly digest: string }): Promise<void> {
  const bytes = reads(request) ? await room.size(digest) : undefined;
  if (bytes === undefined) refuse(response, reads(request) ? 404 : 405, "BLOB_UNKNOWN");
  else await send(room, { request, response, digest, bytes, type: "application/octet-stream" });
}

async function manifests(
  room: Room,
  { request, response, reference }: Exchange & { readonly reference: string },
): Promise<void> {
  if (request.method === "PUT" && !room.gives) {
    const type = request.headers["content-type"] ?? "";
    const digest = await room.putManifest(reference, await whole(request), type);
    if (digest === undefined) refuse(response, 400, "MANIFEST_INVALID");
    else reply(response, 201, { "docker-content-digest": digest });
    return;
  }
  const found = reads(request) ? await room.manifest(reference) : undefined;
  if (!found) refuse(response, reads(request) ? 404 : 405, "MANIFEST_UNKNOWN");
  else await send(room, { request, response, ...found });
}

async function uploads(
  room: Room,
  {
    request,
    response,
    url,
    name,
    id: wanted,
  }: Exchange & { readonly url: URL; readonly name: string; readonly id: string },
): Promise<void> {
  if (room.gives) {
    refuse(response, 405, "UNSUPPORTED");
    return;
  }
  const digest = url.searchParams.get("digest");
  if (request.method === "POST") {
    // Docker asks for what it has pushed under another name before, instead of sending it.
    const mount = url.searchParams.get("mount");
    if (mount !== null && (await room.size(mount)) !== undefined) {
      reply(response, 201, { location: `/v2/${name}/blobs/${mount}`, "docker-content-digest": mount });
      return;
    }
    const id = randomBytes(16).toString("hex");
    await room.beginUpload(id);
    reply(response, 202, { location: `/v2/${name}/blobs/uploads/${id}`, "docker-upload-uuid": id, range: "0-0" });
    return;
  }
  if (request.method === "DELETE") {
    await room.abandonUpload(wanted);
    reply(response, 204);
    return;
  }
  const bytes = await room.upload(wanted, request as AsyncIterable<Buffer>);
  if (bytes === undefined) refuse(response, 404, "BLOB_UPLOAD_UNKNOWN");
  else if (request.method === "PATCH") {
    const location = `/v2/${name}/blobs/uploads/${wanted}`;
    reply(response, 202, { location, "docker-upload-uuid": wanted, range: `0-${String(Math.max(0, bytes - 1))}` });
  } else if (request.method === "PUT" && digest !== null) {
    await room.endUpload(wanted, digest);
    reply(response, 201, { location: `/v2/${name}/blobs/${digest}`, "docker-content-digest": digest });
  } else refuse(response, 405, "UNSUPPORTED");
}

function reads({ method }: IncomingMessage): boolean {
  return method === "GET" || method === "HEAD";
}

async function send(
  room: Room,
  {
    request,
    response,
    digest,
    type,
    bytes,
  }: Exchange & { readonly digest: string; readonly type: string; readonly bytes: number },
): Promise<void> {
  response.writeHead(200, {
    ...common,
    "content-type": type,
    "content-length": bytes,
    "docker-content-digest": digest,
  });
  if (request.method === "HEAD") response.end();
  else await pipeline(room.read(digest), response);
}

const common = { "docker-distribution-api-version": "registry/2.0" };

function reply(response: ServerResponse, status: number, headers: Readonly<Record<string, string>> = {}): void {
  response.writeHead(status, { ...common, "content-length": 0, ...headers });
  response.end();
}

function refuse(response: ServerResponse, status: number, code: string): void {
  const body = JSON.stringify({ errors: [{ code, message: "" }] });
  response.writeHead(status, { ...common, "content-type": "application/json", "content-length": body.length });
  response.end(body);
}

async function whole(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > manifestBytes) throw new RangeError("a manifest is smaller");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** What http.Server calls on a connection, taking it for a net.Socket. */
const ofSocketsOnly = {
  setKeepAlive: () => undefined,
  setNoDelay: () => undefined,
  setTimeout: () => undefined,
  ref: () => undefined,
  unref: () => undefined,
};
