import { useEffect, useRef, useState } from "preact/hooks";
import type { Shell } from "../../terminal/shell.ts";
import { may, session } from "../../state/session.ts";

/** A shell on a node or in a container. `path`: its WebSocket, below `api/v1/`. */
export function TerminalTab({ path }: { readonly path: string }) {
  if (!may("admin")) return <p class="empty">A terminal needs the role admin: it has root's rights.</p>;
  if (session.value?.terminal !== true) {
    return (
      <p class="empty">
        Terminals are off. <code>"http": {'{ "terminal": true }'}</code> in the config turns them on, with the next
        start of pictl serve.
      </p>
    );
  }
  return <Open key={path} path={path} />;
}

/** What is loaded for it is loaded when the first is shown. It goes on for five minutes when one leaves. */
function Open({ path }: { readonly path: string }) {
  const place = useRef<HTMLDivElement>(null);
  const shell = useRef<Shell | undefined>(undefined);
  const [note, setNote] = useState("Connecting …");
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    let left = false;
    void import("../../terminal/shell.ts").then(({ openShell }) => {
      if (left || !place.current) return;
      shell.current = openShell(place.current, path, setNote);
    });
    return () => {
      left = true;
      shell.current?.leave();
    };
  }, [turn]);
  return (
    <div class="terminal">
      <div class="toolbar">
        <span class="quiet" role="status">
          {note}
        </span>
        <button type="button" onClick={() => shell.current?.end()}>
          End it
        </button>
        <button
          type="button"
          onClick={() => {
            shell.current?.end();
            setTurn(turn + 1);
          }}
        >
          A new one
        </button>
      </div>
      <div ref={place} class="terminal-place" key={turn} />
    </div>
  );
}
