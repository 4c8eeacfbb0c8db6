import { useEffect, useRef, useState } from "preact/hooks";
import { line } from "../../state/stream.ts";
import { remember, route } from "../../state/route.ts";
import { requestOf } from "../../operations.ts";
import { BarStrip } from "../charts/bars.tsx";
import { Command } from "../controls/command.tsx";
import { OneOf, Switch } from "../controls/fields.tsx";
import { Filter } from "../controls/filter.tsx";
import { LogLines } from "./log-lines.tsx";
import { overTime } from "../charts/over-time.ts";
import { save } from "./save.ts";
import { useLines } from "./use-lines.ts";

/** The logs of containers, merged by time, as they come; what is filtered for stands in the address. */
export function LogView({ containers }: { readonly containers: readonly string[] }) {
  const { lines, note } = useLines(containers, line.value.state);
  const [filter, setFilter] = useState(route.value.query.get("filter") ?? "");
  const [mode, setMode] = useState<"filter" | "highlight">("filter");
  const [following, setFollowing] = useState(true);
  const [wrap, setWrap] = useState(true);
  const [graph, setGraph] = useState(false);
  const [context, setContext] = useState<number | undefined>();
  const box = useRef<HTMLDivElement>(null);
  const wanted = filter.toLowerCase();
  const fits = (text: string): boolean => text.toLowerCase().includes(wanted);
  const shown = wanted === "" || mode === "highlight" ? lines : lines.filter((row) => fits(row.line));

  useEffect(() => {
    if (following && box.current) box.current.scrollTop = box.current.scrollHeight;
  }, [lines, following, filter, mode]);
  // Of a line that was found: what stands around it.
  useEffect(() => {
    if (context !== undefined) document.getElementById(`line-${String(context)}`)?.scrollIntoView({ block: "center" });
  }, [context, mode]);

  return (
    <div class="logs">
      <div class="toolbar">
        <Filter
          label="Look for"
          placeholder={mode === "filter" ? "Only lines with …" : "Highlight …"}
          value={filter}
          onValue={(text) => {
            setFilter(text);
            setContext(undefined);
            remember({ filter: text });
          }}
        />
        <OneOf
          label="What becomes of the others"
          choices={[
            ["filter", "Filter"],
            ["highlight", "Highlight"],
          ]}
          value={mode}
          onValue={setMode}
        />
        <Switch label="Follow" on={following} onChange={setFollowing} />
        <Switch label="Wrap" on={wrap} onChange={setWrap} />
        <Switch label="Graph" on={graph} onChange={setGraph} />
        <button
          type="button"
          onClick={() =>
            save(
              "pictl.log",
              shown.map((row) => `${row.time} ${row.container}@${row.node} ${row.line}\n`),
            )
          }
        >
          Download
        </button>
        <span class="quiet">{shown.length} lines</span>
      </div>
      {graph && <BarStrip label="Lines over time" bars={overTime(shown)} />}
      <LogLines
        place={box}
        lines={shown}
        names={containers.length !== 1}
        wrap={wrap}
        found={wanted === "" ? undefined : fits}
        at={context}
        empty={lines.length > 0 ? "No line fits." : note}
        onBack={() => setFollowing(false)}
        onLine={(row) => {
          if (wanted === "" || mode === "highlight") return;
          setFollowing(false);
          setMode("highlight");
          setContext(row.id);
        }}
      />
      <Command text={requestOf("container.logs", { container: containers, follow: true, tail: 300 }).command} />
    </div>
  );
}
