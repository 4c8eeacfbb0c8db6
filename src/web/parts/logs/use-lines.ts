import { useEffect, useState } from "preact/hooks";
import { follow, type LogLine } from "../../state/stream.ts";

const keptLines = 2000;

export interface NumberedLine extends LogLine {
  readonly id: number;
}

let count = 0;

/** The last lines of containers and those that come; anew whenever the stream is. `note`: why there are none. */
export function useLines(
  containers: readonly string[],
  live: string,
): { readonly lines: readonly NumberedLine[]; readonly note: string } {
  const [lines, setLines] = useState<readonly NumberedLine[]>([]);
  const [note, setNote] = useState("");
  const names = containers.join(" ");
  useEffect(() => {
    setLines([]);
    setNote("Waiting for lines …");
    return follow({
      topic: { logs: containers, tail: 300 },
      onLines: (more) =>
        setLines((before) => [...before, ...more.map((row) => ({ ...row, id: count++ }))].slice(-keptLines)),
      onEnd: (failures) =>
        setNote(
          failures.map(({ message, hint }) => [message, hint].filter(Boolean).join(" ")).join(" ") ||
            "The containers have ended.",
        ),
    });
  }, [names, live]);
  return { lines, note };
}
