import { keepLeading, type Leadership } from "../app/leadership/index.ts";
import type { ConfigStore, Ports } from "../app/ports.ts";
import { record } from "../app/kit/record.ts";
import { openRegister } from "../app/leadership/register.ts";
import type { Config } from "../domain/config/types.ts";
import type { Role } from "../domain/leadership/judge.ts";

const told: Readonly<Record<Role, { readonly type: string; readonly error?: string }>> = {
  leader: { type: "daemon.leads" },
  standby: { type: "daemon.stands-by", error: "Another daemon leads this cluster, or did until a moment ago." },
  unelected: {
    type: "daemon.unelected",
    error:
      "Too few nodes answer a login that is root, or may use sudo, to know that no other daemon leads this cluster; it repairs, and moves nothing.",
  },
};

function strangers(electorates: readonly string[]): { readonly error?: string } {
  if (electorates.length === 0) return {};
  const error = `The nodes ${electorates.join(" and ")} elected a leader of this cluster by another config, and more than half of them have to answer this daemon and be in its config before it may lead. Make both configs list the same nodes, or give one of them another \`cluster\`.`;
  return { error };
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
  ports: Pick<Ports, "events" | "clock" | "actor">,
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
  let lastRole: Role | null = null;
  const turn = async (): Promise<void> => {
    const config = options.config();
    await leadership.round(config);
    const role = leadership.role();
    const strange = leadership.strange().map((nodes) => nodes.join(", "));
    const state = [role, ...strange].join(" ");
    if (state !== last) await record(ports, { ...told[role], ...strangers(strange), before: lastRole, after: role });
    [last, lastRole] = [state, role];
    const current = await register.keep(config);
    if (current !== config) options.onConfig(current);
  };
  await turn();
  return { ended: keepLeading(ports, { round: turn, leave }) };
}
