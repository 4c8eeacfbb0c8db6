import { progressOf } from "../../domain/move/journal.ts";
import { plural } from "../../domain/text.ts";
import type { LiveContainer, LiveNode, LiveVip, Model } from "../../watch/model.ts";
import type { RowSubject } from "./list.ts";
import { isWell } from "./vips.ts";
import { containerSign, isAmiss, lasting, since } from "./words.ts";

/** Something that is not as it should be. */
export interface Concern {
  readonly id: string;
  /** 0: the cluster, or a part of it, cannot do its work. 1: something is down. 2: something is odd. */
  readonly weight: 0 | 1 | 2;
  readonly what: string;
  readonly why: string;
  /** What helps, keys first: `s start`. */
  readonly helps: readonly (readonly [key: string, words: string])[];
  readonly subject: RowSubject | undefined;
}

const known = new WeakMap<Model, { readonly second: number; readonly concerns: readonly Concern[] }>();

/** Everything that is not as it should be, the worst first: the same array for the same second of the same model. */
export function concerns(model: Model, nowMs: number): readonly Concern[] {
  const second = Math.floor(nowMs / 1000);
  let found = known.get(model);
  if (found?.second !== second) known.set(model, (found = { second, concerns: worstFirst(model, nowMs) }));
  return found.concerns;
}

function worstFirst(model: Model, nowMs: number): readonly Concern[] {
  const found = [
    ...ofConfig(model),
    ...[...model.nodes.values()].flatMap((node) => ofNode(node, nowMs)),
    ...[...model.vips.values()].flatMap(ofVip),
    ...ofDaemon(model, nowMs),
    ...[...model.nodes.values()].flatMap(ofContainersOn),
    ...ofChecks(model),
    ...ofMoves(model, nowMs),
    ...ofJobs(model, nowMs),
  ];
  return found.toSorted((a, b) => a.weight - b.weight);
}

function ofConfig({ config }: Model): readonly Concern[] {
  const base = { weight: 0, subject: undefined, helps: [["9", "config"]] } as const;
  if (config.failure) return [{ ...base, id: "config", what: "config", why: config.failure.message }];
  const errors = config.problems.filter(({ severity }) => severity === "error");
  const [first] = errors;
  if (!first) return [];
  const why = `${plural(errors.length, "error")} in the file, so that the one before counts; line ${first.line}: ${first.message}`;
  return [{ ...base, id: "config", what: "config", why }];
}

function ofNode(node: LiveNode, nowMs: number): readonly Concern[] {
  const base = { id: `node ${node.node}`, what: node.node, subject: { kind: "node", node: node.node } } as const;
  const there = node.containers.size;
  const lost = there === 0 ? "" : `, ${plural(there, "container")} on it`;
  const { failure } = node;
  if (node.state === "silent" || node.state === "refused") {
    const verb = node.state === "silent" ? "silent" : "refuses us";
    const why = `${verb} for ${since(node.sinceMs, nowMs)}${lost}: ${failure?.message ?? "no answer"}`;
    return [
      {
        ...base,
        weight: 0,
        why,
        helps: [
          ["Enter", "details"],
          ["R", "look again"],
        ],
      },
    ];
  }
  if (node.state === "answering" && node.docker.state === "silent") {
    const why = `Docker does not answer${lost}: ${node.docker.failure?.message ?? "no answer"}`;
    return [
      {
        ...base,
        weight: 0,
        why,
        helps: [
          ["e", "shell"],
          ["Enter", "details"],
        ],
      },
    ];
  }
  return [];
}

function ofVip(vip: LiveVip): readonly Concern[] {
  if (isWell(vip)) return [];
  const why =
    vip.failures[0]?.message ??
    (vip.holders.length > 1 ? `is on ${vip.holders.join(" and ")} at once` : "is on no node that answers");
  return [
    {
      id: `vip ${vip.vip}`,
      weight: 0,
      what: vip.name,
      why,
      helps: [["8", "the VIP view"]],
      subject: { kind: "vip", vip: vip.vip },
    },
  ];
}

function ofDaemon({ daemon, heartbeat }: Model, nowMs: number): readonly Concern[] {
  const base = { what: "daemon", subject: undefined, helps: [["7", "heartbeat"]] } as const;
  const cutOff: readonly Concern[] =
    heartbeat.isolatedSinceMs === null
      ? []
      : [
          {
            ...base,
            id: "isolated",
            weight: 0,
            why: `believes for ${since(heartbeat.isolatedSinceMs, nowMs)} that this machine is cut off, and does nothing`,
          },
        ];
  if (daemon.row === null) return cutOff;
  return [
    ...cutOff,
    ...daemon.failures.map((failure, index): Concern => ({
      ...base,
      id: `daemon ${index}`,
      weight: 1,
      why: failure.message,
    })),
  ];
}

const helps: Readonly<Partial<Record<LiveContainer["state"], Concern["helps"]>>> = {
  stopped: [
    ["s", "start"],
    ["L", "logs"],
  ],
  missing: [["c", "create"]],
  changed: [["c", "create anew"]],
  restarting: [
    ["L", "logs"],
    ["r", "restart"],
  ],
  unhealthy: [
    ["L", "logs"],
    ["r", "restart"],
  ],
  stray: [["D", "delete"]],
  foreign: [["e", "shell on its node"]],
};

const onNodes = new WeakMap<LiveNode, readonly Concern[]>();

function ofContainersOn(node: LiveNode): readonly Concern[] {
  let found = onNodes.get(node);
  if (!found) onNodes.set(node, (found = [...node.containers.values()].flatMap(ofContainer)));
  return found;
}

function ofContainer(row: LiveContainer): readonly Concern[] {
  if (!isAmiss(row)) return [];
  const [, tone] = containerSign(row);
  return [
    {
      id: `container ${row.key}`,
      weight: tone === "bad" ? 1 : 2,
      what: row.key,
      why: [row.state === "restarting" ? "restarts all the time" : row.state, row.detail].filter(Boolean).join(": "),
      helps: helps[row.state] ?? [["Enter", "details"]],
      subject: { kind: "container", container: row.container, node: row.node },
    },
  ];
}

function ofChecks({ heartbeat }: Model): readonly Concern[] {
  return heartbeat.checks
    .filter((check) => check.failures > 0)
    .map(({ key, kind, failures, message, decision, trouble, container, node }) => ({
      id: `check ${key} ${kind}`,
      weight: 1,
      what: key,
      why: [`check fails, ${failures} in a row: ${message ?? kind}`, trouble ?? decision].filter(Boolean).join("; "),
      helps: [
        ["L", "logs"],
        ["r", "restart"],
        ["m", "move"],
      ],
      subject: { kind: "container", container, node },
    }));
}

function ofMoves({ moves }: Model, nowMs: number): readonly Concern[] {
  return moves.open.map((move) => ({
    id: `move ${move.container} ${move.generation}`,
    weight: 2,
    what: move.container,
    why: `${progressOf(move).words}, begun ${since(Date.parse(move.startedAt), nowMs)} ago by ${move.who}`,
    helps: [["Enter", "details"]],
    subject: { kind: "container", container: move.container, node: move.from },
  }));
}

/** So long what went wrong here stays in sight. */
const jobMemoryMs = 600_000;

function ofJobs({ jobs }: Model, nowMs: number): readonly Concern[] {
  return jobs
    .filter((job) => job.state === "failed" && job.endedAtMs !== null && nowMs - job.endedAtMs < jobMemoryMs)
    .toReversed()
    .map((job) => ({
      id: `job ${job.id}`,
      weight: 2,
      what: job.title,
      why: `failed ${lasting(nowMs - (job.endedAtMs ?? nowMs))} ago: ${job.failures[0]?.message ?? "nobody knows why"}`,
      helps: [["J", "its report"]],
      subject: undefined,
    }));
}
