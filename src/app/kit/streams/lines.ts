/** Longer lines are cut: nothing that is looked for is that long. */
const maxLineLength = 4096;

/** Takes output as it comes and gives it on line by line, without a last line that has no end. */
export function linesOf(onLine: (line: string) => void): (chunk: Uint8Array) => void {
  const decoder = new TextDecoder();
  let rest = "";
  return (chunk) => {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split(/\r?\n/);
    rest = (lines.pop() ?? "").slice(0, maxLineLength);
    lines.forEach((line) => {
      onLine(line.slice(0, maxLineLength));
    });
  };
}
