/** A line of a golden, without what is another number whenever the sources do one thing more or less; a time that is none stays. */
export function readable(text: string): string {
  return text
    .replace(/("(?:duration|gap|uptime)Ms":)\d{1,7}(\.\d+)?\b/g, "$1…")
    .replace(/\bgap \d+\.\d s/g, "gap … s")
    .replace(/\b2023-11-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g, "TIME")
    .replace(/ --label \S+/g, "")
    .replace(/\b1[67]\d{8}(?:\d{3}(?:\.\d+)?)?\b/g, "TIME")
    .replace(/\b(?:[0-9a-f]{64}|[0-9a-f]{12})\b/g, "ID");
}
