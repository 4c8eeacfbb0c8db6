import type { LiveContainer } from "../../../watch/model.ts";
import { Chart } from "../../parts/charts/chart.tsx";
import { Command } from "../../parts/controls/command.tsx";
import { bytes, percent } from "../../parts/display/words.ts";
import { requestOf } from "../../operations.ts";
import { samplesOf } from "../../state/samples.ts";

export function Stats({ row }: { readonly row: LiveContainer }) {
  const samples = samplesOf(row.key);
  return (
    <>
      <div class="charts">
        <Chart title="CPU" samples={samples} series={[["of one processor", ({ cpu }) => cpu]]} text={percent} />
        <Chart title="Memory" samples={samples} series={[["used", ({ memory }) => memory]]} text={bytes} />
        <Chart
          title="Network"
          samples={samples}
          series={[
            ["in", ({ received }) => received],
            ["out", ({ sent }) => sent],
          ]}
          text={(value) => `${bytes(value)}/s`}
        />
      </div>
      <Command text={requestOf("container.stats", { container: row.key, watch: 2 }).command} />
    </>
  );
}
