import type { Duplex } from "node:stream";
import type { HeartbeatCheck, NodeSpec } from "../../domain/config/types.ts";
import type { PictlEvent } from "../../domain/events/event.ts";

/** Looks whether a container does its work. `src/checks/kinds` has the ways. */
export interface Checks {
  /** Never rejects, but for an abort: whatever goes wrong is a check that failed. Ends within the check's timeout. */
  run(check: HeartbeatCheck["check"], target: CheckTarget): Promise<CheckResult>;
}

/** The network as this machine sees it, for checks. */
export interface Network {
  tcp(host: string, port: number, signal: AbortSignal): Promise<Duplex>;
  /** Sends one request over a connection that `connect` makes; the body is cut at 64 KB. */
  http(request: HttpRequest, connect: () => Promise<Duplex>, signal: AbortSignal): Promise<HttpAnswer>;
  /** One ICMP echo. */
  ping(host: string, timeoutMs: number): Promise<boolean>;
}

export interface HttpRequest {
  readonly path: string;
  /** The Host header, and the name that TLS asks for. */
  readonly host: string;
  readonly tls: boolean;
}

export interface HttpAnswer {
  readonly status: number;
  readonly body: string;
}

export interface CheckTarget {
  readonly node: NodeSpec;
  readonly container: string;
  readonly signal: AbortSignal;
  /** Another node that connects instead of this machine, and where it finds the one that is checked. */
  readonly from?: { readonly node: NodeSpec; readonly address: string };
}

export interface CheckResult {
  readonly ok: boolean;
  /** What was seen, in a few words: `connected`, `HTTP 503`, `refused`. */
  readonly message: string;
  readonly durationMs: number;
  /** The check could not be made, so that it says nothing about the container. */
  readonly cannotTell?: boolean;
}

/** What the user wants to be told of: a local command (event as JSON on stdin) or a URL (event as JSON, POST). */
export interface Hooks {
  /** Never rejects. Ends within `timeoutMs`. */
  run(hook: string, event: PictlEvent, timeoutMs: number): Promise<{ readonly ok: boolean; readonly message: string }>;
}
