/** What a run of episodes comes to. Pure. */
import { percentile } from "../../test/auditor/measures.ts";
import type { Outcome } from "./episode.ts";
import { profiles } from "./plan.ts";

const planned = { limitMs: 500, share: 0.95 };
const recovery = { limitMs: 500 };

/** Lines for a person. */
export function report(outcomes: readonly Outcome[]): string[] {
  const faults = outcomes.flatMap((outcome) => outcome.faults);
  const names = [...new Set(faults)].sort();
  return [
    `${String(faults.length)} faults in ${String(outcomes.length)} episodes`,
    ...names.map((name) => `  ${String(faults.filter((each) => each === name).length).padStart(4)}  ${name}`),
    "",
    ...(["lease", "static"] as const).flatMap((mode) => twoHolders(mode, outcomes)),
    ...profiles.flatMap(({ name, takeoverMs }) =>
      numbers(
        `takeover, ${name}`,
        outcomes.filter(({ plan }) => plan.profile.name === name).flatMap(({ takeoversMs }) => takeoversMs),
        { limitMs: takeoverMs, share: 1 },
      ),
    ),
    ...numbers(
      "lost by a planned move",
      outcomes.flatMap(({ movesMs }) => movesMs),
      planned,
    ),
    ...numbers(
      "a client's recovery after a grant",
      outcomes.flatMap(({ recoveriesMs }) => recoveriesMs),
      { ...recovery, share: 1 },
    ),
  ];
}

function twoHolders(mode: "lease" | "static", outcomes: readonly Outcome[]): string[] {
  const played = outcomes.filter(({ plan }) => plan.profile.mode === mode);
  if (played.length === 0) return [];
  const broken = played.flatMap((outcome) => outcome.broken.filter((line) => line.includes("two-holders")));
  const doubled = played.flatMap(({ doubledMs }) => doubledMs);
  const excused =
    doubled.length === 0
      ? ""
      : `; ${String(doubled.length)} in all, with those by hand${mode === "static" ? " and of isolated nodes" : ""}, the longest ${seconds(Math.max(...doubled))}`;
  return [`two holders, ${mode}: ${String(broken.length)} that must not be${excused}`];
}

function numbers(
  what: string,
  values: readonly number[],
  { limitMs, share }: { readonly limitMs: number; readonly share: number },
): string[] {
  if (values.length === 0) return [];
  const [p50, p95, most] = [0.5, 0.95, 1].map((each) => seconds(percentile(values, each)));
  const met = percentile(values, share) <= limitMs ? "" : "  ABOVE";
  const limit = `limit ${seconds(limitMs)}${share === 1 ? "" : ` at p${String(share * 100)}`}`;
  return [
    `${what}: n ${String(values.length)}, p50 ${String(p50)}, p95 ${String(p95)}, max ${String(most)} (${limit})${met}`,
  ];
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`;
}
