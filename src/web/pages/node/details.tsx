import type { NodePart } from "../../../http/stream/messages.ts";
import { Since } from "../../parts/display/age.tsx";
import { Chart } from "../../parts/charts/chart.tsx";
import { Facts } from "../../parts/display/facts.tsx";
import { Gauges } from "../../parts/cluster/node-card.tsx";
import { ContainerState } from "../../parts/display/state.tsx";
import { bytes, percent } from "../../parts/display/words.ts";
import { containers } from "../../state/store.ts";
import { samplesOf } from "../../state/samples.ts";

export function NodeDetails({ node }: { readonly node: NodePart }) {
  const { facts } = node;
  const labels = Object.entries(node.labels).map(([key, value]) => `${key}=${value}`);
  const here = containers.value.filter((row) => row.node === node.node);
  return (
    <>
      <Gauges node={node} />
      <div class="charts">
        <Chart
          title="CPU"
          samples={samplesOf(node.node)}
          series={[["of one processor", ({ cpu }) => cpu]]}
          text={percent}
        />
        <Chart title="Memory" samples={samplesOf(node.node)} series={[["used", ({ memory }) => memory]]} text={bytes} />
      </div>
      <Facts
        rows={[
          ["Address", node.address],
          ["System", [facts.os, facts.arch].filter(Boolean).join(", ") || "–"],
          ["Kernel", facts.kernel ?? "–"],
          ["Docker", facts.dockerVersion ?? "–"],
          ["Load", facts.load1 ?? "–"],
          ["Processors", facts.cpus ?? "–"],
          ["Temperature", node.use?.temperatureCelsius == null ? "–" : `${node.use.temperatureCelsius.toFixed(0)} °C`],
          ["Labels", labels.join(", ") || "none"],
          ["In this state for", <Since key="since" atMs={node.sinceMs} />],
        ]}
      />
      <h2>
        Containers here <span class="quiet">{here.length}</span>
      </h2>
      <ul class="rows">
        {here.map((row) => (
          <li key={row.key}>
            <ContainerState state={row.state} />
            <a href={`#/containers/${encodeURIComponent(row.key)}`}>{row.container}</a>
            <span class="detail">{row.detail}</span>
          </li>
        ))}
      </ul>
      {here.length === 0 && <p class="empty">Nothing is placed here.</p>}
    </>
  );
}
