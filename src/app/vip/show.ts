import type { Config, VipSection } from "../../domain/config/types.ts";
import type { Failure } from "../../domain/errors.ts";
import { type CandidateFacts, holdersOf } from "../../domain/vip/facts.ts";
import { missesTarget, whyUnfit } from "../../domain/vip/health.ts";
import type { SavedVip, StateFile, VipPorts } from "../ports.ts";
import type { Report } from "../report.ts";
import { lookAtCandidates } from "./look.ts";

export interface VipRow {
  /** The address. */
  readonly vip: string;
  /** What the config calls it; the address when it has no name. */
  readonly name: string;
  /** Who has it; null when no candidate that answers has, the first one when several have. */
  readonly node: string | null;
  readonly mode: "static" | "lease";
  readonly leaseMs: number | null;
  /** When the holder was named, as this machine knows; RFC 3339, UTC. */
  readonly since: string | null;
  /** It was taken from everybody by hand, on this machine. */
  readonly released: boolean;
  /** The process on this machine that keeps it. */
  readonly daemonPid: number | null;
  readonly candidates: readonly VipCandidateRow[];
}

export interface VipCandidateRow {
  readonly node: string;
  readonly device: string;
  readonly state: "holds" | "fit" | "unfit" | "unreachable" | "refused";
  /** Until the node's kernel takes the address away; null without an end, or without the address. */
  readonly leaseSecondsLeft: number | null;
  readonly message: string;
}

export interface ShowVipsInput {
  readonly config: Config;
  readonly sections: readonly VipSection[];
  readonly state: (ip: string) => StateFile<SavedVip>;
  /** The daemon that runs on this machine. */
  readonly daemonPid: () => Promise<number | undefined>;
}

/** Who has each virtual IP, and who could. Nobody, or more than one, is a failure, and so is who cannot be asked. */
export async function showVips(ports: VipPorts, input: ShowVipsInput): Promise<Report<{ vips: readonly VipRow[] }>> {
  const daemonPid = (await input.daemonPid()) ?? null;
  const looks = await Promise.all(input.sections.map((section) => showVip(ports, input, { section, daemonPid })));
  return { result: { vips: looks.map(({ row }) => row) }, failures: looks.flatMap(({ failures }) => failures) };
}

async function showVip(
  ports: VipPorts,
  { config, state }: ShowVipsInput,
  { section, daemonPid }: { readonly section: VipSection; readonly daemonPid: number | null },
): Promise<{ readonly row: VipRow; readonly failures: readonly Failure[] }> {
  const { ip, name, mode, leaseMs } = section;
  const [saved, { candidates, failures }] = await Promise.all([
    state(ip).read(),
    lookAtCandidates(ports, { config, section }),
  ]);
  const holders = holdersOf({ candidates });
  const [node = null] = holders;
  const released = node === null && saved?.memory.released === true;
  const row: VipRow = {
    vip: ip,
    name,
    node,
    mode,
    leaseMs: mode === "lease" ? leaseMs : null,
    since: node !== null && saved?.memory.holder === node ? saved.since : null,
    released,
    daemonPid,
    candidates: section.candidates.map((each) => candidateRow(section, candidates, each)),
  };
  return { row, failures: [...failures, ...(released ? [] : holderFailures(row, holders))] };
}

function candidateRow(
  section: VipSection,
  candidates: Readonly<Record<string, CandidateFacts>>,
  { node, device, slave }: VipSection["candidates"][number],
): VipCandidateRow {
  const seen = candidates[node];
  const place = { node, device };
  const why = whyUnfit(section, { facts: { candidates }, misses: {} }, node);
  if (seen?.state !== "answers") {
    const state = seen?.state === "refused" ? "refused" : "unreachable";
    return { ...place, state, leaseSecondsLeft: null, message: why ?? "" };
  }
  const missing = slave !== undefined && missesTarget({ candidates }, node, slave);
  const message = why ?? (missing ? `does not reach ${slave}, though another candidate does` : "");
  if (!seen.holds) return { ...place, state: why === undefined ? "fit" : "unfit", leaseSecondsLeft: null, message };
  return { ...place, state: "holds", leaseSecondsLeft: seen.holds.secondsLeft, message };
}

function holderFailures({ vip, daemonPid }: VipRow, holders: readonly string[]): readonly Failure[] {
  if (holders.length === 1) return [];
  const code = "not-as-wanted" as const;
  const keeper = daemonPid === null ? "`pictl daemon`" : "The daemon";
  if (holders.length > 1) {
    const message = `${holders.join(" and ")} have ${vip} at the same time.`;
    return [{ code, message, hint: `${keeper} takes it from all but one with its next look.` }];
  }
  const message = `No candidate that answers has ${vip}.`;
  const why = "; `pictl log --type vip` says why it does not";
  return [{ code, message, hint: `${keeper} gives it to the first one that is fit${daemonPid === null ? "" : why}.` }];
}
