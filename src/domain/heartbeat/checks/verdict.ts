import { safety } from "../../safety.ts";
import type { CheckFact, NodeFacts } from "../facts.ts";

/**
 * What a check means together with what is known of its node. `failing` counts towards a failover; `unsure` neither
 * counts nor clears: something other than the container is wrong, and `rule` names it.
 */
export type Verdict =
  | { readonly kind: "ok" }
  | { readonly kind: "failing"; readonly message: string; readonly nodeDead: boolean }
  | {
      readonly kind: "unsure";
      readonly rule: "partial-partition" | "docker-silent" | "node-refused" | "isolated" | "check-impossible";
      readonly message: string;
    };

export function verdict(
  check: Pick<CheckFact, "ok" | "message" | "node" | "cannotTell" | "seenBy">,
  facts: NodeFacts | undefined,
): Verdict {
  if (check.ok) return { kind: "ok" };
  switch (facts?.state) {
    case undefined:
    case "up":
      if (check.cannotTell === true) return { kind: "unsure", rule: "check-impossible", message: check.message };
      if (check.seenBy !== undefined && check.seenBy.length > 0 && safety.witness) {
        return {
          kind: "unsure",
          rule: "partial-partition",
          message: `${check.message} from here, but ${check.seenBy.join(" and ")} can reach it: the line is broken, and not the container`,
        };
      }
      return { kind: "failing", message: check.message, nodeDead: false };
    case "docker-silent":
      return {
        kind: "unsure",
        rule: "docker-silent",
        message: `Docker on ${check.node} is of no use (${facts.message}), so the container can be neither restarted nor seen to be stopped`,
      };
    case "refused":
      return { kind: "unsure", rule: "node-refused", message: `${check.node} refuses us: ${facts.message}` };
    case "silent":
      if (facts.seenBy.length > 0 && safety.witness) {
        return {
          kind: "unsure",
          rule: "partial-partition",
          message: `${check.node} does not answer here, but ${facts.seenBy.join(" and ")} can reach it`,
        };
      }
      if (facts.missedBy.length === 0 && safety.witness) {
        return { kind: "unsure", rule: "isolated", message: `no other node can be asked about ${check.node}` };
      }
      return {
        kind: "failing",
        message: `${check.node} does not answer, here or to ${facts.missedBy.join(" and ")}`,
        nodeDead: true,
      };
  }
}
