import { keepLeading, type Leadership } from "../app/leadership/index.ts";
import type { ConfigStore, Ports } from "../app/ports.ts";
import { record } from "../app/kit/record.ts";
import type { SharedPorts } from "../app/leadership/shared.ts";
import { openRegister } from "../app/leadership/register.ts";
import type { Config } from "../domain/config/types.ts";
import type { Inability } from "../app/leadership/claim.ts";
import type { ControllerRole } from "../domain/leadership/judge.ts";

const events: Readonly<Record<ControllerRole, { readonly type: string; readonly error?: string }>> = {
  leader: { type: "daemon.leads" },
  standby: { type: "daemon.stands-by", error: "Another daemon leads this cluster, or did until a moment ago." },
  unelected: {
    type: "daemon.unelected",
    error:
      "Too few nodes answer and can promise to obey nobody else, so another daemon may lead this cluster; it repairs, and moves nothing.",
  },
};

function strangers(electorates: readonly string[]): string | undefined {
  if (electorates.length === 0) return undefined;
  return `The nodes ${electorates.join(" and ")} elected a leader of this cluster by another config, and more than half of them have to answer this daemon and be in its config before it may lead. Make both configs list the same nodes, or give one of them another \`cluster\`.`;
}

const inabilities: Readonly<Record<Inability, string>> = {
  root: "the login is not root there, and may use no sudo",
  flock: "there is no `flock` program (install util-linux or busybox)",
};

/** What keeps nodes from promising anything, a sentence for each reason. */
function obstacles(unable: ReadonlyMap<string, Inability>): string {
  const nodesWith = (why: Inability): string =>
    [...unable].flatMap(([node, each]) => (each === why ? [node] : [])).join(", ");
  return (["root", "flock"] as const)
    .filter((why) => nodesWith(why) !== "")
    .map((why) => ` Of ${nodesWith(why)} it has no promise: ${inabilities[why]}.`)
    .join("");
}

export interface Leading {
  /** Resolves when `leave` was aborted and the round in hand has ended; rejects with state-write-failed. */
  readonly ended: Promise<void>;
}

/**
 * Asks for the nodes' promises once, and then again and again until `leave` is aborted; tells when the role changes.
 * Rejects with state-write-failed.
 */
export async function startLeading(
  ports: Pick<Ports, "events" | "actor"> & SharedPorts,
  options: {
    readonly leadership: Leadership;
    readonly config: () => Config;
    readonly store: ConfigStore;
    /** Told of the config that the file has after a round, when that has changed it. */
    readonly onConfig: (config: Config) => void;
    readonly leave: AbortSignal;
  },
): Promise<Leading> {
  const { leadership, leave } = options;
  const register = openRegister(ports, options);
  let last: string | undefined;
  let lastRole: ControllerRole | null = null;
  const turn = async (): Promise<void> => {
    const config = options.config();
    await leadership.round(config);
    const role = leadership.role();
    const strange = leadership.strange().map((nodes) => nodes.join(", "));
    const why = role === "unelected" ? obstacles(leadership.unable()) : "";
    const state = [role, why, ...strange].join(" ");
    if (state !== last) {
      const error = strangers(strange) ?? events[role].error;
      const told = error === undefined ? {} : { error: `${error}${why}` };
      await record(ports, { ...events[role], ...told, before: lastRole, after: role });
    }
    [last, lastRole] = [state, role];
    const current = await register.keep(config);
    if (current !== config) options.onConfig(current);
  };
  await turn();
  return { ended: keepLeading(ports, { round: turn, leave }) };
}
