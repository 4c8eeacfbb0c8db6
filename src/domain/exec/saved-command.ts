import { didYouMean } from "../config/findings/suggest.ts";
import type { SavedCommand } from "../config/types.ts";
import { PictlError } from "../errors.ts";

/**
 * The saved command of that label; letter case counts only where two labels differ in nothing else. Throws usage.
 */
export function savedCommand(commandlist: readonly SavedCommand[], label: string): SavedCommand {
  const same = commandlist.filter((each) => each.label.toLowerCase() === label.toLowerCase());
  const found = commandlist.find((each) => each.label === label) ?? (same.length === 1 ? same[0] : undefined);
  if (found) return found;
  const labels = commandlist.map((each) => each.label);
  throw new PictlError("usage", `No saved command "${label}" in the config${didYouMean(label, labels) || "."}`, {
    hint:
      labels.length === 0
        ? 'The config has no `commandlist` yet: `"commandlist": [{ "Uptime": "uptime" }]`.'
        : `\`commandlist\` has: ${labels.map((each) => JSON.stringify(each)).join(", ")}.`,
  });
}
