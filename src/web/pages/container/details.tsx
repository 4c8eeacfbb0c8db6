import type { LiveContainer } from "../../../watch/model.ts";
import { Since } from "../../parts/display/age.tsx";
import { Command } from "../../parts/controls/command.tsx";
import { Facts } from "../../parts/display/facts.tsx";
import { bytes, percent } from "../../parts/display/words.ts";
import { requestOf } from "../../operations.ts";

export function Details({ row }: { readonly row: LiveContainer }) {
  const { image, startedAtMs, restarts, health, stopped, memoryBytes, memoryLimitBytes, ports, containerId } = row;
  return (
    <>
      <Facts
        rows={[
          ["Image", image ?? "–"],
          ["Up", <Since key="up" atMs={startedAtMs} />],
          ["Node", <NodeLink key="node" node={row.node} />],
          ["Restarts by Docker", restarts ?? "–"],
          ["Health", health ?? "no HEALTHCHECK"],
          ["Stopped by", stopped ? `${stopped.by}, ${new Date(stopped.at).toLocaleString()}` : "nobody"],
          ["CPU", percent(row.cpuPercent)],
          ["Memory", memoryLimitBytes ? `${bytes(memoryBytes)} of ${bytes(memoryLimitBytes)}` : bytes(memoryBytes)],
          ["Network in / out", `${bytes(row.networkRxBytesPerSecond)}/s / ${bytes(row.networkTxBytesPerSecond)}/s`],
          ["Ports", ports.length === 0 ? "none published" : ports.map(portText).join(", ")],
          ["Id", <code key="id">{containerId?.slice(0, 12) ?? "–"}</code>],
        ]}
      />
      <Command text={requestOf("container.status", { container: row.key }).command} />
    </>
  );
}

function NodeLink({ node }: { readonly node: string }) {
  return <a href={`#/nodes/${encodeURIComponent(node)}`}>{node}</a>;
}

function portText({ ip, publicPort, privatePort, protocol }: LiveContainer["ports"][number]): string {
  return `${ip === "" ? "" : `${ip}:`}${String(publicPort)} → ${String(privatePort)}/${protocol}`;
}
