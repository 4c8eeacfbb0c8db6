import { randomUUID } from "node:crypto";
import { pause, stopForMany } from "../abort.ts";
import { digestOf } from "../app/access/accounts.ts";
import type { AccessState } from "../app/ports.ts";
import type { HttpSection } from "../domain/config/types.ts";
import { PictlError } from "../domain/errors.ts";
import type { OpenCluster } from "../app/ports.ts";
import { type Jobs, openJobs } from "../operations/jobs/index.ts";
import { openLive } from "../watch/index.ts";
import type { Live } from "../watch/live.ts";
import { openCredentials } from "./access/credentials.ts";
import { openGate } from "./access/gate.ts";
import { openLogin } from "./access/login.ts";
import { openSessions, type Sessions } from "./access/sessions.ts";
import { openTokens, type Tokens } from "./access/tokens.ts";
import { serverApp } from "./app.ts";
import { legacyApp } from "./legacy/index.ts";
import { openAudit } from "./audit.ts";
import { doorsOf, identifyClient } from "./guard/client.ts";
import { exposureOf } from "./listen/exposed.ts";
import { selfSigned } from "./listen/self-signed.ts";
import { listener } from "./listen/server.ts";
import { type SocketRoute, type SocketTable, socketTable } from "./listen/sockets.ts";
import { type ServerCertificate, certificateOf } from "./listen/tls.ts";
import { limits as usualLimits, type Limits } from "./limits.ts";
import { openMetrics } from "./metrics.ts";
import { type Part, runParts } from "./parts.ts";
import { readStatic } from "./static.ts";
import { streamRoute } from "./stream/index.ts";
import { liveJobs } from "./stream/jobs.ts";
import { followLogs } from "./stream/logs.ts";
import { terminalRoutes } from "./terminal/index.ts";
import { openTerminals, type Terminals, type TerminalsLimits, terminalLimits } from "./terminal/terminals.ts";

export interface ServeInput {
  readonly access: AccessState;
  /** `--host` and `--port`, else as the config says. */
  readonly host: string;
  readonly port: number;
  /** Of the original's routes, instead of server_port. */
  readonly legacyPort?: number;
  /** Make a certificate where the config names none. */
  readonly selfSigned: boolean;
  /** The folder of the built web console. */
  readonly webRoot: string;
  /** Of pictl. */
  readonly version: string;
  /** Aborted when the server is to end. */
  readonly leave: AbortSignal;
  /** Told when it takes connections. */
  readonly onListening: (address: Listening) => void;
  readonly warn: (message: string) => void;
  /** What `/stream` shows, instead of the cluster itself. */
  readonly live?: Live;
  /** Others than the usual ones. */
  readonly limits?: Partial<Limits>;
  readonly terminalLimits?: Partial<TerminalsLimits>;
}

export interface Listening {
  readonly url: string;
  /** Where the original's routes are. */
  readonly legacyUrl?: string;
  /** Logs in whoever opens it first; there while no user is made, on loopback. */
  readonly loginUrl?: string;
  /** SHA-256 of a certificate that was made here, as browsers show it. */
  readonly fingerprint?: string;
}

/** How long a session that somebody has ended elsewhere goes on with its streams. */
const sweepMs = 2000;

/**
 * Serves the API and the console until `leave` is aborted: the parts start in order and stop in reverse, within two
 * seconds also while streams are open. Rejects with config-invalid where it may not listen there, and with
 * missing-prerequisite where it cannot.
 */
export async function runServe(cluster: OpenCluster, input: ServeInput): Promise<void> {
  const { config, ports } = cluster;
  const { access, warn } = input;
  if (!config.http) throw new Error("a config that was read has this section");
  const limits: Limits = { ...usualLimits, ...input.limits };
  const http: HttpSection = { ...config.http, host: input.host };
  const { certificate, fingerprint } = await certificateFor(http, input, limits);
  const { loopback } = await exposureOf(http, { secrets: ports.secrets, tls: certificate !== undefined, warn });
  const credentials = openCredentials({
    accounts: access.accounts,
    secrets: ports.secrets,
    clock: ports.clock,
    http: async () => (await cluster.store.read()).config.http,
    loopback,
    warn,
  });
  // Whoever can read the printed address is the one who has started this, and can do all that pictl can.
  const addressUser = { name: ports.actor.who, role: "admin", proof: digestOf(ports.actor.who) } as const;
  const login = openLogin({ credentials, clock: ports.clock, addressUser });
  const sessions = await openSessions({ state: access.sessions, credentials, clock: ports.clock, addressUser, warn });
  const tokens = openTokens(credentials);
  const audit = openAudit(ports);
  let port = input.port;
  const gate = openGate({ sessions, tokens, audit, port: () => port });
  const doors = doorsOf(http);
  const onBug = (error: Error): void => {
    warn(`A request failed: ${error.message}`);
  };
  const ending = stopForMany();
  const jobs = openJobs({
    cluster,
    newId: randomUUID,
    onBug: (bug) => {
      onBug(bug instanceof Error ? bug : new Error(String(bug)));
    },
  });
  const { version } = input;
  const shared = { gate, audit, limits, version, doors, cluster, jobs, ending: ending.signal, onBug };
  const live = input.live ?? openLive(cluster, { jobs: liveJobs(jobs) });
  const metrics = openMetrics(live);
  const app = serverApp({
    ...shared,
    metrics,
    login,
    sessions,
    port: () => port,
    about: async () => ({ version, cluster: config.cluster, terminal: await hasTerminals(cluster) }),
    files: await readStatic(input.webRoot),
  });
  const terminals = openTerminals(cluster, { ...terminalLimits, ...input.terminalLimits });
  const routes: readonly SocketRoute[] = [streamRoute(live, followLogs(cluster)), ...terminalRoutes(terminals)];
  const sockets = socketTable(
    routes,
    async (request, role) => {
      const client = identifyClient(request, doors);
      const found = await gate.identifySocket(request, client);
      const identity = await gate.require(
        found,
        role,
        client,
        `WebSocket ${(request.url ?? "").replace(/\?.*$/s, "")}`,
      );
      return { identity, client };
    },
    limits,
  );
  const legacy = legacyApp({ ...shared, tokens });
  const at = { host: http.host, certificate, limits };
  const urlOf = (address: { readonly port: number }): string =>
    `${certificate ? "https" : "http"}://${urlHost(http)}:${address.port}/`;
  let legacyUrl: string | undefined;
  const mayPrint = loopback && !(await credentials.hasUsers());
  const parts: readonly Part[] = [
    {
      start: async () => async () => {
        metrics.stop();
        await live.stop();
      },
    },
    sweeping(sessions, tokens),
    ...(http.legacyRoutes
      ? [
          listener({
            ...at,
            port: input.legacyPort ?? http.serverPort,
            fetch: legacy.fetch,
            onListening: (address) => {
              legacyUrl = urlOf(address);
            },
          }),
        ]
      : []),
    listener({
      ...at,
      port: input.port,
      fetch: app.fetch,
      upgrade: sockets.upgrade,
      onListening: (address) => {
        port = address.port;
        const url = urlOf(address);
        input.onListening({
          url,
          ...(legacyUrl === undefined ? {} : { legacyUrl }),
          ...(mayPrint ? { loginUrl: `${url}#login=${login.newCode()}` } : {}),
          ...(fingerprint === undefined ? {} : { fingerprint }),
        });
      },
    }),
    streams(sockets),
    runs(jobs, terminals, ending),
  ];
  await runParts(parts, input.leave);
}

/** As the config says now; not while it is broken. */
async function hasTerminals({ store }: OpenCluster): Promise<boolean> {
  return store.read().then(
    ({ config }) => config.http?.terminal === true,
    () => false,
  );
}

/** How long what runs may take to come to a safe end; the journal knows what has not. */
const leavingMs = 700;

/** What is looked at and done, ended before the connections that wait for it are cut. */
function runs(jobs: Jobs, terminals: Terminals, ending: AbortController): Part {
  return {
    start: async () => async () => {
      ending.abort(new PictlError("interrupted", "The server was ended."));
      await Promise.race([Promise.all([jobs.close(), terminals.close()]), pause(leavingMs)]);
    },
  };
}

async function certificateFor(
  http: HttpSection,
  { access, selfSigned: wanted, warn }: Pick<ServeInput, "access" | "selfSigned" | "warn">,
  { certificateMs }: Pick<Limits, "certificateMs">,
): Promise<{ readonly certificate: ServerCertificate | undefined; readonly fingerprint?: string }> {
  if (http.tls) return { certificate: await certificateOf(http.tls, warn, certificateMs) };
  if (!wanted) return { certificate: undefined };
  return selfSigned(access.certificate, http);
}

/** An address that leads there from this machine. */
function urlHost({ host }: HttpSection): string {
  if (host === "0.0.0.0" || host === "::") return "localhost";
  return host.includes(":") ? `[${host}]` : host;
}

/** Ends what has run out or was taken away, and writes who is logged in. */
function sweeping(sessions: Sessions, tokens: Tokens): Part {
  return {
    async start() {
      let turns = 0;
      let busy = false;
      const turn = async (): Promise<void> => {
        if (busy) return;
        busy = true;
        await sessions.sweep();
        await tokens.sweep();
        // Once a minute: memory cards wear out.
        if (++turns % 30 === 0) await sessions.save();
        busy = false;
      };
      const timer = setInterval(() => void turn(), sweepMs);
      timer.unref();
      return async () => {
        clearInterval(timer);
        await sessions.save();
      };
    },
  };
}

/** Told of the end before their connections are cut. */
function streams(sockets: SocketTable): Part {
  return {
    start: async () => async () => {
      sockets.close();
    },
  };
}
