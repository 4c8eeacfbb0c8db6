import type { Failure } from "../../../domain/errors.ts";
import { withoutName } from "../../lists/words.ts";
import type { Line } from "../../view/line.ts";
import { actionFor, specOf } from "../keys/act.ts";
import { notice, open, page } from "./overlays.ts";
import { resultText } from "./results.ts";
import type { Choice, Decided, State, Reduced } from "../types.ts";

/** What an operation has answered, to look at. */
export function answerPage(
  state: State,
  { operation }: Decided,
  result: object,
  failures: readonly Failure[],
): Reduced {
  const title = specOf(state, { operation, input: {} })?.command ?? operation;
  const text = resultText(operation, result, state.nowMs, state.size.columns - 2) ?? JSON.stringify(result, null, 2);
  const lines = text.trimEnd().split("\n");
  const shown = [...failureLines(failures), ...lines.map((line): Line => [{ text: line }])];
  const [paged, effects] = page(state, title, shown, text);
  // From a plan it is one step to carrying it out, which asks once more.
  const next = operation === "plan.show" && hasSteps(result) ? actionFor(state, "apply") : undefined;
  if (!next || paged.overlay?.kind !== "page") return [paged, effects];
  return [{ ...paged, overlay: { ...paged.overlay, then: { operation: next.id, input: { all: true } } } }, effects];
}

function hasSteps(result: object): boolean {
  return "steps" in result && Array.isArray(result.steps) && result.steps.length > 0;
}

function failureLines(failures: readonly Failure[]): readonly Line[] {
  return failures.flatMap(({ message, hint, node, container }): Line[] => {
    const place = [container, node].filter((each) => each !== undefined).join("@");
    const [first = "", ...more] = message.split("\n");
    return [
      [{ text: `✗ ${place === "" ? "" : `${place}: `}${first}`, tone: "bad" }],
      ...more.map((text): Line => [{ text: `  ${text}`, tone: "bad" }]),
      ...(hint === undefined ? [] : [[{ text: `  → ${hint}` }]]),
    ];
  });
}

interface CandidateAnswer {
  readonly candidates?: readonly { readonly node: string; readonly fits?: boolean; readonly reason?: string | null }[];
}

/** Where the container can go, best first, and why it cannot go elsewhere. */
export function candidateChoices(
  state: State,
  { input }: Decided,
  result: object,
  failures: readonly Failure[],
): Reduced {
  const move = actionFor(state, "move");
  if (!move) return [state, []];
  const name = String(input["container"]);
  const rows = (result as CandidateAnswer).candidates ?? [];
  if (rows.length === 0)
    return [notice(state, failures[0]?.message ?? `No other node is there for ${name}.`, "bad"), []];
  const items = rows.map(({ node, reason }): Choice => {
    const fits = reason == null || reason === "";
    return {
      text: node,
      note: fits ? "can take it" : withoutName(reason, node),
      then: fits ? { operation: move.id, input: { container: name, node } } : undefined,
    };
  });
  // What was told while this was waited for is over.
  return open(
    { ...state, notice: undefined },
    {
      kind: "choose",
      title: `Move ${name} to`,
      index: Math.max(
        0,
        items.findIndex(({ then }) => then),
      ),
      items,
    },
  );
}
