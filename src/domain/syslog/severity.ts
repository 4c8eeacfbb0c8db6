/** RFC 5424, 6.2.1: the index is the number in PRI. */
export const severities = ["emerg", "alert", "crit", "err", "warning", "notice", "info", "debug"] as const;
export type Severity = (typeof severities)[number];

/** What PRI says, with which a line may begin (`<34>…`; dmesg's `<3>…` is the same); undefined where it does not. */
export function markedSeverity(line: string): Severity | undefined {
  const pri = /^<(\d{1,3})>/.exec(line)?.[1];
  return pri === undefined ? undefined : severities[Number(pri) % 8];
}

/**
 * Words that tell how grave a message is, the gravest first. Perl reads them too (`templates/rsyslog.pl`), so they are
 * plain: `|` between words of small letters.
 */
export const severityWords: Readonly<Partial<Record<Severity, string>>> = {
  emerg: "emerg|emergency|panic",
  alert: "alert",
  crit: "crit|critical|fatal|oops|segfault",
  err: "err|error|errors|exception|fail|failed|failure|failures|fails",
  warning: "warn|warning|warnings|deprecated",
  debug: "debug",
};

const patterns = Object.entries(severityWords).map(([severity, words]): [Severity, RegExp] => [
  severity as Severity,
  new RegExp(`(?:^|[^a-z])(?:${words})(?:[^a-z]|$)`),
]);

/** What a message seems to be by its words, where nothing says what it is; `info` when none of them occurs. */
export function severityOfWords(message: string): Severity {
  const lower = message.toLowerCase();
  return patterns.find(([, pattern]) => pattern.test(lower))?.[0] ?? "info";
}

export function isError(severity: Severity): boolean {
  return severities.indexOf(severity) <= severities.indexOf("err");
}

/** What went wrong, whatever its severity says. */
export const failureWords =
  "fail|failed|failing|fails|failure|failures|denied|refused|rejected|unable|cannot|unreachable|timeout|timed out|dropped|killed|out of memory";

const failurePattern = new RegExp(`(?:^|[^a-z])(?:${failureWords})(?:[^a-z]|$)`);

export function isFailure(message: string): boolean {
  return failurePattern.test(message.toLowerCase());
}
