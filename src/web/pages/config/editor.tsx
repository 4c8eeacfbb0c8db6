import { useEffect, useRef, useState } from "preact/hooks";
import type { ConfigProblem } from "../../../domain/config/types.ts";
import type { Failure } from "../../../domain/errors.ts";
import { ask, look } from "../../api.ts";
import { Failures } from "../../parts/results/failures.tsx";
import { tell } from "../../state/doing.ts";
import { Difference } from "./difference.tsx";

interface Text {
  readonly text: string;
  readonly version: string;
  readonly problems: readonly ConfigProblem[];
}

/** The config's text with its mistakes where they are; what would change is shown before it is written. */
export function Editor() {
  const [loaded, setLoaded] = useState<Text | undefined>();
  const [text, setText] = useState("");
  const [problems, setProblems] = useState<readonly ConfigProblem[]>([]);
  const [failures, setFailures] = useState<readonly Failure[]>([]);
  const [reviewing, setReviewing] = useState(false);
  const area = useRef<HTMLTextAreaElement>(null);
  const changed = loaded !== undefined && text !== loaded.text;

  const load = async (): Promise<void> => {
    const { result, failures: why } = await look<Text>("config.text");
    setFailures(why);
    setReviewing(false);
    if (!result) return;
    setLoaded(result);
    setText(result.text);
    setProblems(result.problems);
  };
  useEffect(() => void load(), []);

  /** With `dryRun` it only tells the mistakes. */
  const put = async (dryRun: boolean): Promise<boolean> => {
    const answer = await ask<{ problems?: readonly ConfigProblem[] }>("PUT", "config", {
      text,
      version: loaded?.version,
      dryRun,
    });
    setProblems(answer.result?.problems ?? []);
    setFailures(answer.failures);
    return answer.ok;
  };
  const review = async (): Promise<void> => setReviewing(await put(true));
  const save = async (): Promise<void> => {
    if (!(await put(false))) {
      setReviewing(false);
      return;
    }
    tell({ kind: "good", title: "The config is written", failures: [] });
    await load();
  };
  const show = ({ line, column }: ConfigProblem): void => {
    const element = area.current;
    if (!element) return;
    const at =
      text
        .split("\n")
        .slice(0, line - 1)
        .join("\n").length +
      (line > 1 ? 1 : 0) +
      column -
      1;
    element.focus();
    element.setSelectionRange(at, at + 1);
    element.scrollTop = (line - 5) * lineHeight(element);
  };

  return (
    <>
      {problems.map((problem) => (
        <p
          key={`${String(problem.line)}:${String(problem.column)} ${problem.message}`}
          class={problem.severity === "error" ? "problem" : "warning"}
        >
          <button type="button" class="link" onClick={() => show(problem)}>
            Line {problem.line}, column {problem.column}
          </button>
          : {problem.path} {problem.message}
        </p>
      ))}
      {!failures.some(({ code }) => code === "config-invalid" && problems.length > 0) && (
        <Failures failures={failures} />
      )}
      {reviewing && loaded ? (
        <Difference before={loaded.text} after={text} />
      ) : (
        <Numbered
          area={area}
          text={text}
          problems={problems}
          onText={setText}
          onSave={() => changed && void review()}
        />
      )}
      <div class="toolbar">
        {reviewing ? (
          <>
            <button type="button" class="solid" onClick={() => void save()}>
              Write it
            </button>
            <button type="button" onClick={() => setReviewing(false)}>
              Edit on
            </button>
          </>
        ) : (
          <button type="button" class="solid" disabled={!changed} onClick={() => void review()}>
            Check and review
          </button>
        )}
        <button type="button" disabled={!changed} onClick={() => void load()}>
          Back to the file
        </button>
        <span class="quiet">
          {changed ? "Not written yet. " : ""}Secrets stand as [REDACTED], and stay as they are. Ctrl-S checks.
        </span>
      </div>
    </>
  );
}

function lineHeight(element: HTMLElement): number {
  return parseFloat(getComputedStyle(element).lineHeight);
}

/** A text field with the numbers of its lines, those of mistakes marked. */
function Numbered({
  area,
  text,
  problems,
  onText,
  onSave,
}: {
  readonly area: { current: HTMLTextAreaElement | null };
  readonly text: string;
  readonly problems: readonly ConfigProblem[];
  readonly onText: (text: string) => void;
  readonly onSave: () => void;
}) {
  const gutter = useRef<HTMLDivElement>(null);
  const marks = new Map(problems.map(({ line, severity }) => [line, severity]));
  return (
    <div class="editor">
      <div ref={gutter} class="gutter" aria-hidden="true">
        {text.split("\n").map((_, index) => (
          <span key={index} class={marks.get(index + 1) ?? ""}>
            {index + 1}
          </span>
        ))}
      </div>
      <textarea
        ref={area}
        aria-label="The config"
        spellcheck={false}
        wrap="off"
        value={text}
        onInput={(event) => onText(event.currentTarget.value)}
        onScroll={({ currentTarget }) => {
          if (gutter.current) gutter.current.scrollTop = currentTarget.scrollTop;
        }}
        onKeyDown={(event) => {
          if (!(event.ctrlKey || event.metaKey) || event.key !== "s") return;
          event.preventDefault();
          onSave();
        }}
      />
    </div>
  );
}
