import { useState } from "preact/hooks";
import type { OutputRow } from "../../operations/command/lines.ts";
import { followRows } from "../api.ts";
import { Command } from "../parts/controls/command.tsx";
import { Failures } from "../parts/results/failures.tsx";
import { Field, meant, NodeChoice, OneOf, Switch } from "../parts/controls/fields.tsx";
import { Head } from "../parts/display/head.tsx";
import { Outputs, type Ended } from "../parts/results/outputs.tsx";
import { type Request, requestOf } from "../operations.ts";
import { may } from "../state/session.ts";
import { config } from "../state/store.ts";
import type { Failure } from "../../domain/errors.ts";

export function Run() {
  const [command, setCommand] = useState("");
  const [nodes, setNodes] = useState<readonly string[]>([]);
  const [sudo, setSudo] = useState(false);
  const [folded, setFolded] = useState<"fold" | "each">("fold");
  const [lines, setLines] = useState<readonly OutputRow[]>([]);
  const [ended, setEnded] = useState<readonly Ended[]>([]);
  const [failures, setFailures] = useState<readonly Failure[]>([]);
  const [busy, setBusy] = useState(false);
  const where = meant(nodes);
  const run = async (request: Request): Promise<void> => {
    setBusy(true);
    setLines([]);
    setEnded([]);
    setFailures([]);
    const answer = await followRows(request, (row) => setLines((before) => [...before, row as OutputRow].slice(-5000)));
    setEnded((answer.result as { nodes?: readonly Ended[] } | null)?.nodes ?? []);
    setFailures(answer.failures);
    setBusy(false);
  };
  const typed = requestOf("command.exec", { ...where, sudo, command: [command] });
  const saved = config.value?.commands ?? [];
  return (
    <>
      <Head title="Run" {...(busy ? { note: "running …" } : {})} />
      <NodeChoice label="On" value={nodes} onValue={setNodes} all="all nodes" />
      {saved.length > 0 && (
        <div class="toolbar" role="group" aria-label="Saved commands">
          {saved.map((label) => {
            const request = requestOf("command.run", { label, ...where });
            return (
              <button
                key={label}
                type="button"
                title={request.command}
                disabled={busy || !may(request.role)}
                onClick={() => void run(request)}
              >
                {label}
              </button>
            );
          })}
        </div>
      )}
      {may("admin") ? (
        <form
          class="run-line"
          onSubmit={(event) => {
            event.preventDefault();
            void run(typed);
          }}
        >
          <Field label="Command" value={command} onValue={setCommand} placeholder="uname -a" />
          <button type="submit" class="solid" disabled={busy || command.trim() === ""}>
            Run
          </button>
          <Switch label="As root" on={sudo} onChange={setSudo} />
        </form>
      ) : (
        <p class="quiet">Saved commands need the role operator, others admin: a command has root's rights.</p>
      )}
      {command !== "" && <Command text={typed.command} />}
      {(lines.length > 0 || ended.length > 0) && (
        <OneOf
          label="Output"
          choices={[
            ["fold", "Equal outputs together"],
            ["each", "Each node"],
          ]}
          value={folded}
          onValue={setFolded}
        />
      )}
      <Outputs lines={lines} ended={ended} folded={folded === "fold" && !busy} />
      <Failures failures={failures} />
    </>
  );
}
