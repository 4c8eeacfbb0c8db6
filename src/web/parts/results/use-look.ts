import { useEffect, useState } from "preact/hooks";
import type { Failure } from "../../../domain/errors.ts";
import type { OperationId } from "../../../operations/index.ts";
import { look } from "../../api.ts";
import type { Input } from "../../operations.ts";
import { now } from "../../state/clock.ts";

export interface Looked<Result> {
  /** Null before the first answer, and where there was none. */
  readonly result: Result | null;
  readonly failures: readonly Failure[];
  readonly busy: boolean;
  /** When it was answered; null before. */
  readonly atMs: number | null;
  readonly again: () => void;
}

/** Asks when it is first shown, when what is asked changes, and when somebody wants it again. */
export function useLook<Result>(id: OperationId, input: Input | undefined): Looked<Result> {
  const [state, setState] = useState<Omit<Looked<Result>, "again">>({
    result: null,
    failures: [],
    busy: input !== undefined,
    atMs: null,
  });
  const [turn, setTurn] = useState(0);
  const key = JSON.stringify(input);
  useEffect(() => {
    if (input === undefined) return;
    let left = false;
    setState((before) => ({ ...before, busy: true }));
    void look<Result>(id, input).then(({ result, failures }) => {
      if (!left) setState({ result, failures, busy: false, atMs: now.peek() });
    });
    return () => {
      left = true;
    };
  }, [id, key, turn]);
  return { ...state, again: () => setTurn(turn + 1) };
}
