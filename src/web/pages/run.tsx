import { useState } from "preact/hooks";
import { ask } from "../api.ts";
import { Command } from "../parts/doing.tsx";
import { may } from "../state/session.ts";
import { config, nodes } from "../state/store.ts";

interface Output {
  readonly node: string;
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export function Run() {
  const [command, setCommand] = useState("");
  const [node, setNode] = useState("");
  const [rows, setRows] = useState<readonly Output[]>([]);
  const [note, setNote] = useState("");
  const run = async (path: string, body: object): Promise<void> => {
    setNote("Running …");
    setRows([]);
    const answer = await ask<{ nodes?: readonly Output[] }>("POST", path, body);
    setRows(answer.result?.nodes ?? []);
    setNote(answer.failures.map(({ message, node: where }) => [where, message].filter(Boolean).join(": ")).join(" "));
  };
  const where = node === "" ? { all: true } : { node: [node] };
  return (
    <>
      <h1>Run</h1>
      <div class="toolbar">
        <select aria-label="Where" value={node} onChange={(event) => setNode(event.currentTarget.value)}>
          <option value="">All nodes</option>
          {nodes.value.map((each) => (
            <option key={each.node}>{each.node}</option>
          ))}
        </select>
        {(config.value?.commands ?? []).map((label) => (
          <button
            key={label}
            type="button"
            disabled={!may("operator")}
            onClick={() => void run(`commands/${encodeURIComponent(label)}/run`, where)}
          >
            {label}
          </button>
        ))}
      </div>
      {may("admin") ? (
        <form
          class="toolbar"
          onSubmit={(event) => {
            event.preventDefault();
            void run("exec", { ...where, command: [command] });
          }}
        >
          <input
            class="filter mono"
            aria-label="Command"
            placeholder="A command, such as uname -a"
            value={command}
            onInput={(event) => setCommand(event.currentTarget.value)}
          />
          <button type="submit" class="solid" disabled={command.trim() === ""}>
            Run
          </button>
        </form>
      ) : (
        <p class="quiet">Saved commands need the role operator, others admin: a command has root's rights.</p>
      )}
      {command !== "" && (
        <Command text={`pictl exec ${node === "" ? "" : `--node ${node} `}'${command.replaceAll("'", "'\\''")}'`} />
      )}
      {note !== "" && (
        <p class="problem" role="status">
          {note}
        </p>
      )}
      {rows.map((row) => (
        <details key={row.node} open>
          <summary>
            <strong>{row.node}</strong> {row.code === 0 ? "" : <span class="bad">exit {row.code ?? "?"}</span>}
          </summary>
          <pre class="output" tabIndex={0}>
            {row.stdout}
            {row.stderr}
          </pre>
        </details>
      ))}
    </>
  );
}
