import type { ComponentChildren } from "preact";
import { oldAfterMs } from "../../watch/select.ts";
import { cordon } from "../actions.ts";
import { Age, Since } from "../parts/age.tsx";
import { Command, DeedButton } from "../parts/doing.tsx";
import { EventLines } from "../parts/events.tsx";
import { Gauges, NodeCard } from "../parts/node-card.tsx";
import { ContainerState, NodeState } from "../parts/state.tsx";
import { route } from "../state/route.ts";
import { containers, events, loaded, nodes } from "../state/store.ts";

export function Nodes() {
  return (
    <>
      <h1>
        Nodes <span class="quiet">{nodes.value.length}</span>
      </h1>
      <div class="cards">
        {nodes.value.map((node) => (
          <NodeCard key={node.node} node={node} />
        ))}
      </div>
      {loaded.value && nodes.value.length === 0 && <p class="empty">The config has no node yet: pictl node add.</p>}
    </>
  );
}

export function Node() {
  const name = route.value.rest[0] ?? "";
  const node = nodes.value.find((each) => each.node === name);
  if (!node) return <p class="empty">{loaded.value ? `There is no node ${name}.` : "Waiting for the nodes …"}</p>;
  const { facts } = node;
  const rows: readonly (readonly [string, ComponentChildren])[] = [
    ["Address", node.address],
    ["System", [facts.os, facts.arch].filter(Boolean).join(", ") || "–"],
    ["Kernel", facts.kernel ?? "–"],
    ["Docker", facts.dockerVersion ?? "–"],
    ["Load", facts.load1 ?? "–"],
    ["Processors", facts.cpus ?? "–"],
    [
      "Labels",
      Object.entries(node.labels)
        .map(([key, value]) => `${key}=${value}`)
        .join(", ") || "none",
    ],
    ["In this state for", <Since key="since" atMs={node.sinceMs} />],
  ];
  return (
    <>
      <p class="trail">
        <a href="#/nodes">Nodes</a> /
      </p>
      <h1>
        {name} <NodeState state={node.state} /> {facts.cordoned && <span class="tag">cordoned</span>}
      </h1>
      {node.failure && (
        <p class="problem">
          {node.failure.message} {node.failure.hint}
        </p>
      )}
      <div class="toolbar">
        <DeedButton deed={cordon(name, !facts.cordoned)} />
        <Age atMs={node.seenAtMs} oldMs={oldAfterMs.node} />
      </div>
      <Gauges node={node} />
      <dl class="facts">
        {rows.map(([term, value]) => (
          <div key={term}>
            <dt>{term}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <h2>Containers here</h2>
      <ul class="wrong">
        {containers.value
          .filter((row) => row.node === name)
          .map((row) => (
            <li key={row.key}>
              <ContainerState state={row.state} />
              <a href={`#/containers/${encodeURIComponent(row.key)}`}>{row.container}</a>
              <span class="detail">{row.detail}</span>
            </li>
          ))}
      </ul>
      <h2>Events</h2>
      <EventLines
        events={events.value
          .filter((event) => event.node === name)
          .slice(-20)
          .toReversed()}
      />
      <Command text={`pictl doctor ${name}`} />
    </>
  );
}
