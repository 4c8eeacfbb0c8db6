import type { ContainerFacts, StopMark } from "../../docker/facts.ts";

/** The mark on this very container; undefined when nobody wants it stopped. */
export function markOf(marks: readonly StopMark[], facts: ContainerFacts | undefined): StopMark | undefined {
  return facts && marks.find(({ id }) => id === facts.id);
}

/** `stopped by pi@desk at 2026-01-31T10:00:00Z`. */
export function whoStopped({ by, at }: Pick<StopMark, "by" | "at">): string {
  return `stopped by ${by}${at === "" ? "" : ` at ${at}`}`;
}

/** The outcome for a container that is left alone, since somebody wants it stopped. */
export function staysStopped(mark: Pick<StopMark, "by" | "at">): string {
  return `stays ${whoStopped(mark)}`;
}

/** The volumes whose marks on containers of this name mean nothing any more; `kept` is the id of the one that is meant. */
export function outlivedMarks(
  marks: readonly StopMark[],
  { container, cluster, kept }: { readonly container: string; readonly cluster: string; readonly kept?: string },
): readonly string[] {
  return marks
    .filter((mark) => mark.container === container && mark.cluster === cluster && mark.id !== kept)
    .map(({ volume }) => volume);
}
