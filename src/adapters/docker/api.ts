import { type IncomingMessage, STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import { abortable } from "../../abort.ts";
import { negotiateApiVersion } from "../../domain/docker/engine/api-version.ts";
import { dockerUnavailable } from "../../domain/docker/client/failure.ts";
import { object, text } from "../../domain/docker/json.ts";
import { type Product, productOf } from "../../domain/docker/engine/product.ts";
import { PictlError } from "../../domain/errors.ts";
import type { JsonLimits } from "../../domain/json-reader.ts";
import { visible } from "../../domain/text.ts";
import { readJson } from "../../files/json.ts";
import { limiter } from "../../limiter.ts";
import { DialAgent } from "./agent.ts";
import { deadline } from "./deadline.ts";
import type { Dialer } from "./dial.ts";
import { sendToDocker } from "./http.ts";

/**
 * The Engine API of one node: GET requests, each with a deadline. Both reject with docker-failed for an error status,
 * docker-unavailable after the deadline, and connection-lost when the connection ends before the answer.
 */
export interface Api {
  /** The body as JSON; undefined when there is no such thing (404), or no more. `limits`: what it may amount to. */
  get(path: string, signal: AbortSignal, limits?: JsonLimits): Promise<unknown>;
  /** A response to read as it comes, on a connection of its own; undefined for what is not there. Destroy it to stop. */
  stream(path: string, signal: AbortSignal): Promise<IncomingMessage | undefined>;
  /** Milliseconds the engine may take to answer. */
  readonly timeoutMs: number;
  /** As it said when the version was last agreed on. */
  product(): Product;
}

interface Asking {
  readonly signal: AbortSignal;
  readonly limits: JsonLimits;
  /** Milliseconds. */
  readonly patienceMs?: number;
}

export interface ApiOptions {
  readonly node: string;
  readonly dialer: Dialer;
  readonly timeoutMs: number;
}

/**
 * Agrees on an API version with the engine. Rejects with docker-unavailable when it does not answer in time or not
 * as an engine does, with interrupted, and with whatever ended the stream to it.
 */
export async function openApi(options: ApiOptions, signal: AbortSignal): Promise<Api> {
  const { node, dialer, timeoutMs } = options;
  // A docker client on the node holds one of the connection's few sessions: one at a time, and not for long.
  const shared = dialer.kind === "socket" ? { requests: 8, idleMs: Infinity } : { requests: 1, idleMs: 250 };
  const agent = new DialAgent({ dial: () => dialWithin(dialer, timeoutMs), idleMs: shared.idleMs });
  const limited = limiter(shared.requests);

  const ask = <T>(
    path: string,
    { signal, limits, patienceMs = timeoutMs }: Asking,
    read: (response: IncomingMessage, json: unknown) => T,
  ): Promise<T> =>
    limited(() =>
      bounded({ node, timeoutMs: patienceMs }, { path, signal }, async (limit) => {
        const response = await sendToDocker({ agent, path, headers, signal: limit }, { retry: true });
        return read(response, await readJson(response, limits));
      }),
    );

  let product: Product = "Docker";
  const agree = (path: string): Promise<string> =>
    ask(path, { signal, limits: ofOneThing, patienceMs: Math.min(timeoutMs, helloMs) }, (response, json) => {
      refuseNoEngine(node, response, { path, json });
      const agreed = negotiateApiVersion({ ApiVersion: response.headers["api-version"], ...object(json) });
      if (agreed === undefined) throw dockerUnavailable(node, "What answers there is not a Docker Engine.");
      product = productOf(response.headers);
      return agreed;
    });
  let version = await agree(hello);
  /** An engine that was replaced meanwhile may not speak the version of before, nor one of the years to come ours. */
  const inItsVersion = async <T>(again: () => Promise<T>): Promise<T> => {
    try {
      return await again();
    } catch (error) {
      if (!isOfVersion(error)) throw error;
      version = await agree(allVersions);
      return again();
    }
  };
  return {
    timeoutMs,
    product: () => product,
    get: (path, signal, limits = ofOneThing) =>
      unlessBroken(
        { node, path },
        inItsVersion(() =>
          ask(`/v${version}${path}`, { signal, limits }, (response, json) => answer(node, response, json)),
        ),
      ),
    stream: (path, signal) =>
      unlessBroken(
        { node, path },
        inItsVersion(() =>
          bounded(options, { path, signal }, async (limit) => {
            const connection = await dialer.dial(limit, { lasting: true });
            const createConnection = (): typeof connection => connection;
            const request = { createConnection, path: `/v${version}${path}`, headers, signal: limit };
            const response = await sendToDocker(request, { retry: false });
            if (response.statusCode === 200) return response;
            answer(node, response, await readJson(response, ofOneThing));
            return undefined;
          }),
        ),
      ),
  };
}

function isOfVersion(error: unknown): boolean {
  return error instanceof PictlError && /client version \S+ is too (?:old|new)/.test(error.message);
}

/** What is no error of ours is one of the connection: node:http's words for its end, or the stream's own. */
async function unlessBroken<T>(
  { node, path }: { readonly node: string; readonly path: string },
  answer: Promise<T>,
): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof PictlError) throw error;
    const detail = error instanceof Error ? error.message : String(error);
    throw new PictlError(
      "connection-lost",
      `The connection to the node, or to its Docker, ended before ${withoutQuery(path)} was answered (${detail}).`,
      { node, hint: `Try again; if it ends again, look at \`pictl doctor ${node}\`.`, cause: error },
    );
  }
}

function withoutQuery(path: string): string {
  return path.replace(/\?.*/, "");
}

/** The signal ends the stream as well as the dialling, so the time limit is called off when there is a stream. */
async function dialWithin(dialer: Dialer, ms: number): Promise<Duplex> {
  const limit = deadline(ms, new AbortController().signal);
  try {
    return await dialer.dial(limit.signal);
  } finally {
    limit.clear();
  }
}

/** The first question: its answer's head says the newest version, and the engine has it at hand. */
const hello = "/_ping";
/** Says the oldest one, too, and much besides, for which dockerd starts `runc` and `docker-init`. */
const allVersions = "/version";
/** An engine says at once which version it is, or hangs. */
const helloMs = 10_000;

const headers = { Host: "docker", Accept: "application/json" };

const megabyte = 1 << 20;
/** One container, one image: seldom more than 20 kB. */
const ofOneThing: JsonLimits = { bytes: 4 * megabyte, pieceBytes: 4 * megabyte, pieceValues: 50_000, elements: 20_000 };
/** Ten thousand containers are about 12 MB. */
export const ofManyThings: JsonLimits = { ...ofOneThing, bytes: 32 * megabyte };
/** Images, containers, volumes and the build cache in one object; only who cleans up asks for it. */
export const ofTheDisk: JsonLimits = { ...ofManyThings, pieceBytes: 32 * megabyte, pieceValues: 500_000 };

/** Gives the work a deadline, and says what the end of it means. */
async function bounded<T>(
  { node, timeoutMs }: Pick<ApiOptions, "node" | "timeoutMs">,
  request: { readonly path: string; readonly signal: AbortSignal },
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const limit = deadline(timeoutMs, request.signal);
  try {
    return await abortable(work(limit.signal), limit.signal);
  } catch (error) {
    const details = { node, cause: error };
    if (request.signal.aborted) throw new PictlError("interrupted", "Interrupted while Docker was asked.", details);
    const what = withoutQuery(request.path);
    if (limit.expired()) {
      throw dockerUnavailable(node, `It did not answer ${what} within ${String(timeoutMs / 1000)} s.`, error);
    }
    if (error instanceof RangeError) throw dockerUnavailable(node, `Asked for ${what}: ${error.message}.`, error);
    throw error instanceof PictlError ? error.at({ node }) : error;
  } finally {
    limit.clear();
  }
}

/** Who answers the first question with an error is none, or is not well: another way to it would tell no more. */
function refuseNoEngine(
  node: string,
  { statusCode = 0 }: IncomingMessage,
  { path, json }: { readonly path: string; readonly json: unknown },
): void {
  if (statusCode === 200 || statusCode === 404) return;
  const meaning = STATUS_CODES[statusCode];
  const status = `${String(statusCode)}${meaning === undefined ? "" : ` (${meaning})`}`;
  const said = visible(text(object(json)["message"]));
  throw dockerUnavailable(node, `It answered ${path} with status ${status}${said === "" ? "." : `: ${said}`}`);
}

/** `json`: undefined when the body was none. */
function answer(node: string, response: IncomingMessage, json: unknown): unknown {
  const status = response.statusCode ?? 0;
  if (status === 404) return undefined;
  if (status === 200 && json !== undefined) return json;
  if (status === 200) throw dockerUnavailable(node, "Its answer is not JSON.");
  const said = visible(text(object(json)["message"]));
  // What `docker rm` has begun to remove is there for some questions and not for others.
  if (status === 409 && said.includes("marked for removal")) return undefined;
  throw new PictlError(
    "docker-failed",
    `Docker refused with status ${String(status)}${said === "" ? "." : `: ${said}`}`,
    {
      node,
    },
  );
}
