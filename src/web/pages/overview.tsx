import { progressOf } from "../../domain/move/journal.ts";
import { oldAfterMs } from "../../watch/select.ts";
import { remedies } from "../deeds/containers.ts";
import { Age } from "../parts/display/age.tsx";
import { ChecksOfADay } from "../parts/charts/checks-of-a-day.tsx";
import { DeedButton } from "../parts/controls/doing.tsx";
import { EventLines } from "../parts/logs/events.tsx";
import { NodeCard } from "../parts/cluster/node-card.tsx";
import { ContainerState } from "../parts/display/state.tsx";
import { VipHolder } from "../parts/cluster/vip.tsx";
import { count } from "../parts/display/words.ts";
import {
  config,
  containers,
  daemon,
  events,
  heartbeat,
  isWrong,
  loaded,
  moves,
  nodes,
  vips,
  wrong,
} from "../state/store.ts";

export function Overview() {
  return (
    <>
      <h1>Overview</h1>
      <Tiles />
      <Wrong />
      <section aria-labelledby="o-nodes">
        <h2 id="o-nodes">Nodes</h2>
        <div class="cards">
          {nodes.value.map((node) => (
            <NodeCard key={node.node} node={node} />
          ))}
        </div>
      </section>
      <Vips />
      <ChecksOfADay />
      <section aria-labelledby="o-events">
        <h2 id="o-events">
          Last events <a href="#/events">all</a>
        </h2>
        <EventLines events={events.value.slice(-8).toReversed()} />
      </section>
    </>
  );
}

function Tiles() {
  const good = containers.value.filter((row) => row.wanted && !isWrong(row)).length;
  const wanted = containers.value.filter((row) => row.wanted).length;
  const up = nodes.value.filter(({ state }) => state === "answering").length;
  const row = daemon.value?.row;
  // Nobody has looked yet: that is not the same as being well.
  const checked = heartbeat.value?.lastRoundAtMs != null;
  const failing = heartbeat.value?.checks.filter(({ failures }) => failures > 0).length ?? 0;
  return (
    <div class="tiles">
      <a class={`tile ${good < wanted ? "bad" : ""}`} href="#/containers">
        <span class="number">
          {good}
          <small>/{wanted}</small>
        </span>
        containers as wanted
      </a>
      <a class={`tile ${up < nodes.value.length ? "bad" : ""}`} href="#/nodes">
        <span class="number">
          {up}
          <small>/{nodes.value.length}</small>
        </span>
        nodes answer
      </a>
      <a class={`tile ${failing > 0 ? "bad" : ""}`} href="#/failover">
        <span class="number">{checked ? failing : "–"}</span>
        {checked ? (failing === 1 ? "check fails" : "checks fail") : "nothing was checked yet"}
      </a>
      <a class={`tile ${row ? "" : "warn"}`} href="#/failover">
        <span class="number word">{row ? "on" : "off"}</span>
        {row ? `daemon, pid ${String(row.pid)}` : "no daemon on this machine: nothing fails over"}
      </a>
    </div>
  );
}

function Wrong() {
  const broken = config.value?.problems.filter(({ severity }) => severity === "error").length ?? 0;
  return (
    <section aria-labelledby="o-wrong">
      <h2 id="o-wrong">Not as wanted</h2>
      {broken > 0 && (
        <p class="problem">
          The config has {count(broken, "mistake")}; the last good one counts. <a href="#/config">Look at it</a>
        </p>
      )}
      {moves.value.open.map((move) => {
        const { words, settled } = progressOf(move);
        return (
          <p key={`${move.container} ${move.startedAt}`} class={settled ? "quiet" : "problem"}>
            {move.container}: {words}.{" "}
            {settled ? "The next command on it does so." : "If nobody is at it, the next command on it settles it."}
          </p>
        );
      })}
      {loaded.value && wrong.value.length === 0 && <p class="all-well">✓ Every container is as the config wants it.</p>}
      <ul class="rows">
        {wrong.value.slice(0, 20).map((row) => (
          <li key={row.key}>
            <ContainerState state={row.state} />
            <a href={`#/containers/${encodeURIComponent(row.key)}`}>{row.key}</a>
            <span class="detail">{row.detail}</span>
            <Age atMs={row.seenAtMs} oldMs={oldAfterMs.container} />
            <span class="buttons">
              {remedies(row).map((deed) => (
                <DeedButton key={deed.title} deed={deed} />
              ))}
            </span>
          </li>
        ))}
      </ul>
      {wrong.value.length > 20 && <a href="#/containers?show=wrong">{wrong.value.length - 20} more</a>}
    </section>
  );
}

function Vips() {
  if (vips.value.length === 0) return null;
  return (
    <section aria-labelledby="o-vips">
      <h2 id="o-vips">Virtual IPs</h2>
      <div class="cards">
        {vips.value.map((vip) => (
          <a key={vip.vip} class="card" href="#/failover">
            <div class="title">
              {vip.name === vip.vip ? vip.vip : `${vip.name} (${vip.vip})`} <VipHolder vip={vip} />
            </div>
            <p class="quiet">
              {vip.mode === "lease" && vip.leaseSecondsLeft !== null
                ? `lease: ${String(Math.round(vip.leaseSecondsLeft))} s left, `
                : ""}
              {count(
                vip.candidates.filter(({ state }) => state === "fit" || state === "holds").length,
                "fit candidate",
              )}
            </p>
          </a>
        ))}
      </div>
    </section>
  );
}
