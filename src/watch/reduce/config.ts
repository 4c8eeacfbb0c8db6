import type { ConfigHappening } from "../happening.ts";
import type { LiveConfig, LiveNode, Model } from "../model.ts";
import { sameWay } from "../same-way.ts";
import { newNode, newVip } from "./first.ts";
import { heartbeatOf } from "./heartbeat.ts";
import { rowsOf } from "./rows.ts";

/** With errors, the last good config stays in force, and they are told. */
export function withConfig(model: Model, happening: ConfigHappening & { readonly atMs: number }): Model {
  const { config, wishes, problems, failure, atMs } = happening;
  const live: LiveConfig = {
    config: config ?? model.config.config,
    path: model.config.path,
    problems,
    failure,
    seenAtMs: atMs,
    wishes: wishes ?? model.config.wishes,
  };
  if (config === undefined) return { ...model, config: live };
  const changed: Model = {
    ...model,
    cluster: config.cluster,
    config: live,
    nodes: new Map(config.nodes.map((spec) => [spec.name, kept(model, spec, atMs)])),
    vips: new Map(config.vips.map((section) => [section.ip, model.vips.get(section.ip) ?? newVip(section)])),
    heartbeat: heartbeatOf(config, { memory: null, daemon: null }, null),
  };
  // What the daemon remembers is read again at once.
  return { ...changed, nodes: new Map([...changed.nodes].map(([name, node]) => [name, rowsOf(changed, node, atMs)])) };
}

function kept(model: Model, spec: LiveNode["spec"], atMs: number): LiveNode {
  const before = model.nodes.get(spec.name);
  if (!before || !sameWay(before.spec, spec)) return newNode(spec, atMs);
  return { ...before, spec, facts: { ...before.facts, cordoned: spec.cordoned } };
}
