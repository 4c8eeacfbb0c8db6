/** The class of a line that tells of trouble, by its words. */
export function severity(text: string): string {
  if (/\b(error|fatal|panic|critical)\b/i.test(text)) return "is-error";
  return /\bwarn(ing)?\b/i.test(text) ? "is-warning" : "";
}
