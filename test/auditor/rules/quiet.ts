import type { Entry } from "../history.ts";
import { holdsAt } from "../intervals.ts";
import { byHand } from "../picture.ts";
import type { Rule } from "./violation.ts";

/** Where a test says that nothing must be done, nothing is: no container, no address, no config changes. */
export const quiet: Rule = (picture, limits) => {
  const spans = picture.marks.filter(({ mark }) => mark === "quiet");
  const ourIds = new Set(picture.copies.filter(({ cluster }) => cluster === limits.cluster).map(({ id }) => id));
  return picture.entries.flatMap((entry) => {
    const during = spans.find(({ from, to }) => from <= entry.at && entry.at < to);
    const what = during === undefined ? undefined : change(entry, ourIds);
    if (during === undefined || what === undefined) return [];
    const node = "node" in entry ? entry.node : "config";
    if (holdsAt(byHand(picture, node), entry.at)) return [];
    return [{ rule: "not-quiet", at: entry.at, what: `${during.name}: ${what}` }];
  });
};

const acts = new Set(["create", "start", "stop", "kill", "die", "destroy", "rename", "pause", "unpause", "restart"]);

function change(entry: Entry, ourIds: ReadonlySet<string>): string | undefined {
  if (entry.kind === "docker" && entry.type === "container" && acts.has(entry.action) && ourIds.has(entry.id)) {
    return `${entry.action} of ${entry.name} on ${entry.node}`;
  }
  if (entry.kind === "config") return `the config was written (${entry.sha256.slice(0, 8)})`;
  // A renewal sets what is set already, so only a removal tells of a change; what is new somewhere is `two-holders`.
  if (entry.kind === "address" && entry.change === "removed") return `${entry.address} left ${entry.node}`;
  return undefined;
}
