import { useEffect, useRef, useState } from "preact/hooks";
import { visible } from "../../domain/text.ts";
import { follow, line, type LogLine } from "../state/stream.ts";
import { Filter } from "./filter.tsx";

const keptLines = 2000;

/** The logs of containers, merged by time, as they come. Their text is text: nothing of it is run, nothing of it moves. */
export function LogView({ containers }: { readonly containers: readonly string[] }) {
  const [lines, setLines] = useState<readonly LogLine[]>([]);
  const [note, setNote] = useState("Waiting for lines …");
  const [filter, setFilter] = useState("");
  const [following, setFollowing] = useState(true);
  const [wrap, setWrap] = useState(true);
  const box = useRef<HTMLDivElement>(null);
  const names = containers.join(" ");
  const live = line.value.state;

  useEffect(() => {
    setLines([]);
    setNote("Waiting for lines …");
    return follow({
      topic: { logs: containers, tail: 300 },
      onLines: (more) => setLines((before) => [...before, ...more].slice(-keptLines)),
      onEnd: (failures) =>
        setNote(
          failures.map(({ message, hint }) => [message, hint].filter(Boolean).join(" ")).join(" ") ||
            "The containers have ended.",
        ),
    });
  }, [names, live]);

  useEffect(() => {
    if (following && box.current) box.current.scrollTop = box.current.scrollHeight;
  }, [lines, following, filter]);

  const shown = filter === "" ? lines : lines.filter((row) => row.line.toLowerCase().includes(filter.toLowerCase()));
  const save = (): void => {
    const text = shown.map((row) => `${row.time} ${row.container}@${row.node} ${row.line}\n`).join("");
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
    link.download = "pictl.log";
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  };
  return (
    <div class="logs">
      <div class="toolbar">
        <Filter label="Only lines with" placeholder="Only lines with …" value={filter} onValue={setFilter} />
        <label class="switch">
          <input type="checkbox" checked={following} onChange={(event) => setFollowing(event.currentTarget.checked)} />
          Follow
        </label>
        <label class="switch">
          <input type="checkbox" checked={wrap} onChange={(event) => setWrap(event.currentTarget.checked)} />
          Wrap
        </label>
        <button type="button" onClick={save}>
          Save
        </button>
        <span class="quiet">{shown.length} lines</span>
      </div>
      <div
        ref={box}
        class={`log-lines ${wrap ? "wrap" : ""}`}
        tabIndex={0}
        role="log"
        aria-label="Lines"
        aria-live="off"
        onWheel={(event) => {
          if (event.deltaY < 0) setFollowing(false);
        }}
      >
        {shown.map((row, index) => (
          <div key={index} class={`log-line ${row.stream === "stderr" ? "stderr" : ""} ${severity(row.line)}`}>
            <time>{row.time.slice(11, 23)}</time>
            {containers.length !== 1 && (
              <span class={`from hue-${String(hue(row.container + row.node))}`}>
                {row.container}@{row.node}
              </span>
            )}
            <span class="text">{visible(row.line)}</span>
          </div>
        ))}
        {shown.length === 0 && <p class="empty">{lines.length > 0 ? "No line fits." : note}</p>}
      </div>
    </div>
  );
}

function severity(text: string): string {
  if (/\b(error|fatal|panic|critical)\b/i.test(text)) return "is-error";
  return /\bwarn(ing)?\b/i.test(text) ? "is-warning" : "";
}

/** The same colour for the same container, of eight. */
function hue(text: string): number {
  let sum = 0;
  for (const letter of text) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) % 9973;
  return sum % 8;
}
