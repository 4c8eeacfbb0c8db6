import type { Happening } from "../happening.ts";
import { keptEvents, type LiveVip, type Model } from "../model.ts";
import { withConfig } from "./config.ts";
import { dockerChanged, dockerHears, dockerLooked, dockerLost, used } from "./docker.ts";
import { heartbeatOf } from "./heartbeat.ts";
import { lookBegun, nodeAnswered, nodeLost } from "./node.ts";
import { rowsOf } from "./rows.ts";

export { firstModel } from "./first.ts";

/**
 * The model after something has happened. Pure. What a happening does not concern stays the same object; one about a
 * node or an address that is no longer in the config changes nothing.
 */
export function reduce(model: Model, happening: Happening): Model {
  const { atMs } = happening;
  switch (happening.kind) {
    case "config":
      return withConfig(model, happening);
    case "looking":
      return lookBegun(model, atMs);
    case "node-answered":
      return nodeAnswered(model, happening);
    case "node-lost":
      return nodeLost(model, happening);
    case "docker-looked":
      return dockerLooked(model, happening);
    case "docker-lost":
      return dockerLost(model, happening);
    case "docker-hears":
      return dockerHears(model, happening);
    case "docker-changed":
      return dockerChanged(model, happening);
    case "use":
      return used(model, happening);
    case "vip":
      return withVip(model, happening);
    case "daemon": {
      const { row, failures } = happening;
      const daemon = { row, failures, seenAtMs: atMs };
      return { ...model, daemon };
    }
    case "heartbeat": {
      const told = { memory: happening.memory, daemon: model.daemon.row };
      return { ...model, heartbeat: heartbeatOf(model.config.config, told, happening.memory ? atMs : null) };
    }
    case "moves":
      return withMoves(model, happening);
    case "jobs":
      return { ...model, jobs: happening.jobs };
    case "events":
      return { ...model, events: [...model.events, ...happening.events].slice(-keptEvents) };
  }
}

type Of<Kind extends Happening["kind"]> = Extract<Happening, { readonly kind: Kind }>;

function withVip(model: Model, { row, failures, atMs }: Of<"vip">): Model {
  if (!model.vips.has(row.vip)) return model;
  const holders = row.candidates.filter(({ state }) => state === "holds");
  const vip: LiveVip = {
    ...row,
    holders: holders.map(({ node }) => node),
    leaseSecondsLeft: holders[0]?.leaseSecondsLeft ?? null,
    failures,
    seenAtMs: atMs,
  };
  return { ...model, vips: new Map([...model.vips, [row.vip, vip]]) };
}

/** A move in hand is told in the rows of its container. */
function withMoves(model: Model, { open, failure, atMs }: Of<"moves">): Model {
  const moved: Model = { ...model, moves: { open, failure, seenAtMs: atMs } };
  const text = ({ container, from, to, step }: (typeof open)[number]): string => `${container} ${from} ${to} ${step}`;
  const [before, after] = [new Set(model.moves.open.map(text)), new Set(open.map(text))];
  const concerned = new Set(
    [...model.moves.open, ...open]
      .filter((each) => !before.has(text(each)) || !after.has(text(each)))
      .flatMap(({ from, to }) => [from, to]),
  );
  if (concerned.size === 0) return moved;
  return {
    ...moved,
    nodes: new Map(
      [...moved.nodes].map(([name, node]) => [name, concerned.has(name) ? rowsOf(moved, node, atMs) : node]),
    ),
  };
}
