import type { Rule } from "./violation.ts";

/** No secret stands in a command line, on any machine. */
export const secrets: Rule = (picture) =>
  picture.entries.flatMap((entry) =>
    entry.kind === "secret"
      ? [{ rule: "secret-in-argv", at: entry.at, what: `process ${entry.pid}: ${entry.commandLine}` }]
      : [],
  );
