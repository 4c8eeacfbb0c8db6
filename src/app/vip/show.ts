import type { Config, VipSection } from "../../domain/config/types.ts";
import type { Failure } from "../../domain/errors.ts";
import { type CandidateFacts, foreignOf, holdersOf } from "../../domain/vip/facts.ts";
import { missesTarget, remarkOn, whyUnfit } from "../../domain/vip/health.ts";
import { othersOf, strayFailure, straysOf, type Surveys } from "../../domain/vip/strays.ts";
import type { SavedVip, StateFile, VipPorts } from "../ports.ts";
import type { Report } from "../kit/report.ts";
import { lookAtCandidates } from "./observe/look.ts";
import { openSurvey } from "./observe/survey.ts";

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
  const surveys = await openSurvey(ports).look(input.config);
  const looks = await Promise.all(
    input.sections.map((section) => showVip(ports, input, { section, daemonPid, surveys })),
  );
  const failures = [...looks.flatMap((look) => look.failures), ...straysOf(input.config, surveys).map(strayFailure)];
  return { result: { vips: looks.map(({ row }) => row) }, failures };
}

async function showVip(
  ports: VipPorts,
  { config, state }: ShowVipsInput,
  {
    section,
    daemonPid,
    surveys,
  }: { readonly section: VipSection; readonly daemonPid: number | null; readonly surveys: Surveys },
): Promise<{ readonly row: VipRow; readonly failures: readonly Failure[] }> {
  const { ip, name, mode, leaseMs } = section;
  const [saved, { candidates, unwritable, failures }] = await Promise.all([
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
    candidates: section.candidates.map((each) =>
      candidateRow(section, { candidates, ills: illsOf(unwritable, saved) }, each),
    ),
  };
  const conflict = conflictFailures(ip, foreignOf({ candidates, others: othersOf(section, surveys) }));
  return { row, failures: [...failures, ...conflict, ...(released ? [] : holderFailures(row, holders))] };
}

/** What else keeps a node from taking an order, said of the node. */
type Ills = (node: string) => { readonly certain?: string; readonly told?: string };

function illsOf(unwritable: Readonly<Record<string, readonly string[]>>, saved: SavedVip | undefined): Ills {
  return (node) => {
    const folders = unwritable[node] ?? [];
    // An earlier version has saved no such thing.
    const why = saved?.memory.failed?.[node]?.why;
    return {
      ...(folders.length === 0 ? {} : { certain: `cannot write ${folders.join(" and ")}, and takes no order without` }),
      ...(why === undefined ? {} : { told: `did not do what it was ordered: ${why}` }),
    };
  };
}

function candidateRow(
  section: VipSection,
  { candidates, ills }: { readonly candidates: Readonly<Record<string, CandidateFacts>>; readonly ills: Ills },
  { node, device, slave }: VipSection["candidates"][number],
): VipCandidateRow {
  const seen = candidates[node];
  const place = { node, device };
  const { certain, told } = ills(node);
  const why = whyUnfit(section, { facts: { candidates }, misses: {} }, node) ?? certain;
  if (seen?.state !== "answers") {
    const state = seen?.state === "refused" ? "refused" : "unreachable";
    return { ...place, state, leaseSecondsLeft: null, message: why ?? "" };
  }
  const missing = slave !== undefined && missesTarget({ candidates }, node, slave);
  const unreached = missing ? `does not reach ${slave}, though another candidate does` : undefined;
  const message = why ?? told ?? unreached ?? remarkOn(section.ip, seen) ?? "";
  if (!seen.holds) return { ...place, state: why === undefined ? "fit" : "unfit", leaseSecondsLeft: null, message };
  return { ...place, state: "holds", leaseSecondsLeft: seen.holds.secondsLeft, message };
}

function conflictFailures(ip: string, places: readonly string[]): readonly Failure[] {
  if (places.length === 0) return [];
  const message = `${places.join(" and ")}, which did not come from pictl: nobody gets ${ip} anew meanwhile.`;
  const hint = "Take it off there if it is not the node's own; else give `vip_ip` an address that no machine has.";
  return [{ code: "not-as-wanted", message, hint }];
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
