import { defaultOn } from "../../notices/match.ts";
import { parseReceiver } from "../../notices/receiver.ts";
import { parseDuration } from "../../time.ts";
import type { Findings } from "../findings/problem.ts";
import type { RawConfig } from "../raw.ts";
import { parseSecretSource } from "../secrets/secret-source.ts";
import type { NotifySection } from "../types.ts";

const longestMs = 86_400_000;

export function buildNotify(
  raw: RawConfig,
  resolvePath: (path: string) => string,
  findings: Findings,
): readonly NotifySection[] {
  return (raw.notify ?? []).map(({ to: text, on, every = "1m" }, index) => {
    const to = parseSecretSource(text, resolvePath);
    const receiver = to.from === "literal" ? parseReceiver(text) : undefined;
    if (typeof receiver === "string") findings.error(["notify", index, "to"], `this is no receiver: ${receiver}`);
    const everyMs = every === "0" ? 0 : (parseDuration(every) ?? 0);
    if (everyMs > longestMs) findings.error(["notify", index, "every"], "news may wait for a day at most (1d)");
    const shown = to.from === "literal" ? (typeof receiver === "object" ? receiver.shown : "?") : text;
    return { name: `${String(index + 1)}: ${shown}`, to, on: on ?? defaultOn, everyMs };
  });
}
