import type { NodePart } from "../../../http/stream/messages.ts";
import { oldAfterMs } from "../../../watch/select.ts";
import { Age } from "../display/age.tsx";
import { Gauge } from "../charts/gauge.tsx";
import { NodeState } from "../display/state.tsx";
import { bytes, percent } from "../display/words.ts";

/** A node with what it uses; what is old is shown as old. */
export function NodeCard({ node }: { readonly node: NodePart }) {
  const { facts, use, state } = node;
  const stale = state !== "answering";
  return (
    <a class={`card node ${stale ? "stale" : ""}`} href={`#/nodes/${encodeURIComponent(node.node)}`}>
      <div class="title">
        {node.node} <NodeState state={state} />
      </div>
      <p class="quiet">
        {[
          facts.cordoned ? "cordoned" : "",
          facts.vip === true ? "has the VIP" : "",
          facts.dockerVersion ? `Docker ${facts.dockerVersion}` : "",
        ]
          .filter(Boolean)
          .join(" · ") || node.address}
      </p>
      {node.failure && <p class="problem">{node.failure.message}</p>}
      {!node.failure && node.docker.failure && <p class="problem">{node.docker.failure.message}</p>}
      <Gauges node={node} />
      <p class="foot">
        {facts.containersRunning ?? "–"} of {facts.containers ?? "–"} run
        <Age atMs={node.seenAtMs} oldMs={oldAfterMs.node} />
      </p>
      {use?.temperatureCelsius != null && <p class="quiet">{use.temperatureCelsius.toFixed(0)} °C</p>}
    </a>
  );
}

export function Gauges({ node: { use, facts } }: { readonly node: NodePart }) {
  const memory = use?.memoryBytes ?? null;
  const limit = use?.memoryLimitBytes ?? null;
  const share = memory !== null && limit ? (memory / limit) * 100 : null;
  const disk = diskOf(facts);
  return (
    <div class="gauges">
      <Gauge label="CPU" value={use?.cpuPercent ?? null} text={percent(use?.cpuPercent)} />
      <Gauge label="Memory" value={share} text={limit === null ? "–" : `${bytes(memory)} of ${bytes(limit)}`} />
      <Gauge label="Disk" value={disk.share} text={disk.text} />
    </div>
  );
}

function diskOf({ diskTotalBytes: total, diskUsedBytes: used, diskAvailableBytes: free }: NodePart["facts"]): {
  readonly share: number | null;
  readonly text: string;
} {
  if (!total || used == null) return { share: null, text: "–" };
  return { share: (used / total) * 100, text: `${bytes(free)} free` };
}
