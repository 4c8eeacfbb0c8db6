/** Characters to take out and text to put in their place. */
export interface Splice {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Applies splices that do not overlap; of two at one place the first comes first. */
export function splice(text: string, splices: readonly Splice[]): string {
  let result = "";
  let position = 0;
  for (const { start, end, text: added } of splices.toSorted((a, b) => a.start - b.start)) {
    result += text.slice(position, start) + added;
    position = end;
  }
  return result + text.slice(position);
}
