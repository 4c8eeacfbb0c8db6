import { useEffect, useState } from "preact/hooks";
import type { Failure } from "../../domain/errors.ts";
import { ask } from "../api.ts";
import { tell } from "../state/doing.ts";
import { may } from "../state/session.ts";
import { config } from "../state/store.ts";

interface Text {
  readonly text: string;
  readonly version: string;
}

export function Config() {
  const [loaded, setLoaded] = useState<Text | undefined>();
  const [text, setText] = useState("");
  const [failures, setFailures] = useState<readonly Failure[]>([]);
  const load = async (): Promise<void> => {
    const answer = await ask<Text>("GET", "config/text");
    setFailures(answer.failures);
    const found = answer.result;
    if (!found) return;
    setLoaded(found);
    setText(found.text);
  };
  useEffect(() => void load(), []);
  const save = async (): Promise<void> => {
    const answer = await ask("PUT", "config", { text, version: loaded?.version });
    setFailures(answer.failures);
    if (!answer.ok) return;
    tell({ kind: "good", title: "The config is written", failures: [], command: "pictl config edit" });
    await load();
  };
  const problems = config.value?.problems ?? [];
  return (
    <div class="page-full">
      <h1>Config</h1>
      <p class="quiet">{config.value?.path}</p>
      {problems.map((problem) => (
        <p
          key={`${String(problem.line)}${problem.message}`}
          class={problem.severity === "error" ? "problem" : "warning"}
        >
          Line {problem.line}, column {problem.column}: {problem.path} {problem.message}
        </p>
      ))}
      {failures.map((failure) => (
        <p key={failure.message} class="problem" role="alert">
          {failure.message} {failure.hint}
        </p>
      ))}
      <textarea
        class="editor"
        aria-label="The config"
        spellcheck={false}
        value={text}
        readOnly={!may("admin")}
        onInput={(event) => setText(event.currentTarget.value)}
      />
      {may("admin") && (
        <div class="toolbar">
          <button type="button" class="solid" disabled={!loaded || text === loaded.text} onClick={() => void save()}>
            Check and write
          </button>
          <button type="button" disabled={!loaded || text === loaded.text} onClick={() => void load()}>
            Back to the file
          </button>
          <span class="quiet">Secrets stand as [REDACTED], and stay as they are.</span>
        </div>
      )}
    </div>
  );
}
