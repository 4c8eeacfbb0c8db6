import { PictlError } from "../errors.ts";
import type { VipSettings } from "./facts.ts";

/** Rounds that may fail before a lease ends. */
const roundsALease = 3;

/** Throws usage when rounds every `everyMs` are too far apart to renew the lease of a virtual IP. */
export function checkPeriod(
  { ip, mode, leaseMs }: Pick<VipSettings, "mode" | "leaseMs"> & { readonly ip: string },
  everyMs: number,
): void {
  if (mode === "static" || leaseMs > roundsALease * everyMs) return;
  const every = String(everyMs / 1000);
  throw new PictlError(
    "usage",
    `The lease of ${ip} (vip_lease, ${String(leaseMs / 1000)} s) must be longer than three rounds, and there is one every ${every} s: a node would lose the address between them.`,
    {
      hint: `Run \`pictl daemon\`, which stays; or set \`vip_lease\` above ${String(roundsALease * everyMs)} ms, or \`vip_mode\` to "static". Rounds that come more often are told of with \`--every\`.`,
    },
  );
}
