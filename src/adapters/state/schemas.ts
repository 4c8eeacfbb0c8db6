import * as z from "zod/mini";
import type {
  LogPosition,
  SavedLeadership,
  SavedMemory,
  SavedNotices,
  SavedShipping,
  SavedVip,
  VipReply,
  VipRequest,
} from "../../app/ports.ts";
import type { Accounts, ApiToken, PasswordHash, User } from "../../domain/access/accounts.ts";
import { roles } from "../../domain/access/role.ts";
import type { SavedSession } from "../../domain/access/session.ts";
import type { Generations } from "../../domain/container/copies/generations.ts";
import type { SshSettings } from "../../domain/config/types.ts";
import type { DaemonState } from "../../domain/daemon.ts";
import { errorCodes, type ErrorCode } from "../../domain/errors.ts";
import type { History } from "../../domain/history/records.ts";
import type { NodeMemory, PastMove, Trial } from "../../domain/heartbeat/memory.ts";
import type { NodeFacts } from "../../domain/heartbeat/facts.ts";
import type { Inhabited, InhabitedNodes } from "../../domain/node/left-behind.ts";
import type { PictlEvent } from "../../domain/events/event.ts";
import type { Incident } from "../../domain/events/incident.ts";
import type { Box, OutboxEntry, Outbox } from "../../domain/notices/outbox.ts";
import type { FailedOrders } from "../../domain/vip/memory.ts";
import { fields, type Schema, schemaOf } from "../../files/schema.ts";

const time = z.nullable(z.number());
const perName = <T extends z.ZodMiniType>(value: T) => z.record(z.string(), value);
const volume = z.object({ name: z.string(), target: z.string() });
const frozen = z.array(z.object({ vip: z.string(), node: z.string() }));
const nodeState: z.ZodMiniType<NodeFacts["state"]> = z.enum(["up", "docker-silent", "silent", "refused"]);

export const daemonState: Schema<DaemonState> = schemaOf(
  fields<DaemonState>({
    pid: z.number(),
    host: z.string(),
    configPath: z.string(),
    version: z.string(),
    startedAt: z.string(),
    stoppedAt: z.optional(z.nullable(z.string())),
    heartbeat: z.object({ automatic: z.boolean(), intervalMs: z.number() }),
    configProblem: z.optional(z.string()),
    lastRound: z.optional(
      z.object({
        at: z.string(),
        isolated: z.boolean(),
        nodes: perName(nodeState),
        failing: z.array(
          z.object({
            container: z.string(),
            node: z.string(),
            message: z.string(),
            decision: z.optional(z.string()),
            trouble: z.optional(z.string()),
          }),
        ),
      }),
    ),
  }),
);

export const generations: Schema<Generations> = schemaOf(
  fields<Generations>({
    last: z.number(),
    placed: z._default(perName(z.number()), {}),
    latest: z.optional(z.number()),
  }),
);

export const history: Schema<History> = schemaOf(
  z.object({
    records: z.array(
      z.object({
        container: z.string(),
        node: z.string(),
        generation: z.number(),
        at: z.string(),
        who: z.string(),
        cause: z.string(),
        image: z.string(),
        imageId: z.nullable(z.string()),
        digest: z.string(),
        outcome: z.enum(["placed", "failed"]),
        entry: z.exactOptional(
          z.object({
            args: z.array(z.string()),
            command: z.exactOptional(z.array(z.string())),
            image: z.exactOptional(z.string()),
            env: perName(z.string()),
            hidden: z.array(z.string()),
          }),
        ),
      }),
    ),
  }),
);

const text = z.optional(z.string());
const number = z.optional(z.number());

export const inhabited: Schema<InhabitedNodes> = schemaOf(
  z.array(
    fields<Inhabited>({
      name: z.string(),
      address: z.string(),
      ssh: fields<SshSettings>({
        user: text,
        port: number,
        identityFile: text,
        proxyJump: text,
        connectTimeoutMs: number,
        sudo: z.optional(z.boolean()),
        knownHostsFile: text,
      }),
      containers: z.array(z.string()),
    }),
  ),
);

export const savedLeadership: Schema<SavedLeadership> = schemaOf(
  fields<SavedLeadership>({
    owner: z.string().check(z.regex(/^\S+$/)),
    epoch: z.int(),
    elected: z.boolean(),
    frozen: z._default(frozen, []),
    placed: z._default(z.array(z.object({ container: z.string(), nodes: z.array(z.string()), version: z.int() })), []),
    seen: z._default(z.int(), 0),
    agreed: z._default(z.string(), ""),
    announced: z._default(z.boolean(), true),
    electorate: z._default(z.array(z.string()), []),
    joint: z._default(z.array(z.array(z.string())), []),
    machine: z.string(),
  }),
);

const trial = fields<Trial>({
  failures: z.number(),
  restarts: z.number(),
  lastRestartAt: time,
  starting: z.optional(z.object({ since: z.number(), failures: z.number() })),
});

const pastMove = fields<PastMove>({
  container: z.string(),
  from: z.string(),
  nodeDead: z.boolean(),
  at: z.number(),
  moved: z.boolean(),
});

export const savedMemory: Schema<SavedMemory> = schemaOf(
  fields<SavedMemory>({
    memory: fields<SavedMemory["memory"]>({
      lastRoundAt: z._default(time, null),
      trials: z._default(perName(trial), {}),
      nodes: z._default(
        perName(fields<NodeMemory>({ state: nodeState, since: z.number(), bootId: z.nullable(z.string()) })),
        {},
      ),
      volumes: z._default(perName(z.array(volume)), {}),
      stopped: z._default(perName(z.string()), {}),
      isolated: z._default(z.nullable(z.object({ since: z.number(), cleanRounds: z.number() })), null),
      moves: z._default(z.array(pastMove), []),
      told: z._default(perName(z.string()), {}),
      failing: z._default(perName(z.enum(["alone", "with-node", "with-node-over"])), {}),
    }),
    monotonic: z.number(),
    now: z.number(),
  }),
);

export const savedVip: Schema<SavedVip> = schemaOf(
  fields<SavedVip>({
    leaseMs: z.number(),
    since: z.nullable(z.string()),
    memory: fields<SavedVip["memory"]>({
      lastAt: z.number(),
      holder: z.nullable(z.string()),
      booked: perName(time),
      misses: z._default(perName(z.number()), {}),
      wellSince: z._default(perName(z.number()), {}),
      silentTicks: z._default(z.number(), 0),
      failed: z.optional(perName(fields<FailedOrders>({ count: z.number(), at: z.number(), why: z.string() }))),
      withoutSince: z.optional(perName(z.number())),
      changes: z._default(z.array(z.number()), []),
      released: z.boolean(),
      wish: z._default(z.nullable(z.string()), null),
      told: z._default(z.string(), ""),
    }),
  }),
);

const event = fields<PictlEvent>({
  time: z.string(),
  type: z.string(),
  who: z.string(),
  node: text,
  container: text,
  containers: z.optional(z.array(z.string())),
  vip: text,
  before: z.optional(z.unknown()),
  after: z.optional(z.unknown()),
  cause: text,
  cluster: text,
  face: z.optional(z.enum(["cli", "tui", "web", "api", "daemon"])),
  job: text,
  address: text,
  durationMs: number,
  gapMs: number,
  error: text,
});

const entry = fields<OutboxEntry>({
  cause: text,
  phase: z.enum(["begins", "ends", "once"]),
  event,
  containers: z.array(z.string()),
  since: text,
  at: z.number(),
});

const position = fields<LogPosition>({ file: z.string(), at: z.number() });

export const savedShipping: Schema<SavedShipping> = schemaOf(fields<SavedShipping>({ position: z.optional(position) }));

export const savedNotices: Schema<SavedNotices> = schemaOf(
  fields<SavedNotices>({
    position: z.optional(position),
    outbox: fields<Outbox>({
      incidents: perName(
        fields<Incident>({ since: z.string(), type: z.string(), error: text, done: z.array(z.string()) }),
      ),
      boxes: perName(
        fields<Box>({
          pending: z.array(entry),
          sending: z.array(entry),
          dropped: z.number(),
          open: perName(
            fields<Box["open"][string]>({
              since: z.string(),
              event,
              containers: z.array(z.string()),
              waits: z.array(z.string()),
              backSince: z.optional(z.string()),
            }),
          ),
          lastSentAt: z.nullable(z.number()),
          failures: z.number(),
          nextTryAt: z.number(),
        }),
      ),
    }),
  }),
);

export const vipRequest: Schema<VipRequest> = schemaOf(
  fields<VipRequest>({
    id: z.string(),
    wish: z.union([z.object({ to: z.string() }), z.literal("release")]),
    daemon: z.number(),
  }),
);

export const vipReply: Schema<VipReply> = schemaOf(
  fields<VipReply>({
    id: z.string(),
    before: z.nullable(z.string()),
    answer: z.union([
      z.object({ state: z.literal("done") }),
      z.object({ state: z.literal("waiting"), why: z.string() }),
      z.object({ state: z.literal("refused"), code: z.enum(Object.keys(errorCodes) as ErrorCode[]), why: z.string() }),
    ]),
  }),
);

const role = z.enum(roles);
const digest = z.string().check(z.regex(/^[0-9a-f]{64}$/));

export const accounts: Schema<Accounts> = schemaOf(
  fields<Accounts>({
    users: z.array(
      fields<User>({
        name: z.string(),
        role,
        password: fields<PasswordHash>({
          n: z.int(),
          r: z.int(),
          p: z.int(),
          salt: z.string(),
          hash: z.string(),
        }),
        addedAt: z.string(),
      }),
    ),
    tokens: z.array(
      fields<ApiToken>({
        name: z.string(),
        role,
        digest,
        addedAt: z.string(),
        expiresAt: z.nullable(z.string()),
      }),
    ),
  }),
);

export const sessions: Schema<readonly SavedSession[]> = schemaOf(
  z.array(
    fields<SavedSession>({
      digest,
      user: z.string(),
      by: z.enum(["password", "address"]),
      proof: z.string(),
      openedAt: z.number(),
      usedAt: z.number(),
    }),
  ),
);

export const certificate = schemaOf(
  fields<{ readonly cert: string; readonly key: string }>({ cert: z.string(), key: z.string() }),
);
