import type { Config } from "../../domain/config/types.ts";
import { PictlError, toFailure } from "../../domain/errors.ts";
import { moveEdits } from "../../domain/move/edits.ts";
import type { Difference } from "../../domain/leadership/shared.ts";
import type { Leadership } from "./index.ts";
import { openShared, type SharedPorts } from "./shared.ts";
import type { ConfigStore, Ports } from "../ports.ts";
import { record } from "../kit/record.ts";

type RegisterPorts = Pick<Ports, "events" | "actor"> & SharedPorts;

/** Keeps a leader's config file and what the nodes remember of its layout the same. */
export interface Register {
  /**
   * To be called after each round of leadership. For a leader: moves that the file has missed are written into it, and what
   * somebody has changed in the file is told to the nodes. For everybody else: says that the file is behind. Resolves to
   * the config as it is then; rejects with state-write-failed.
   */
  keep(config: Config): Promise<Config>;
}

export function openRegister(
  ports: RegisterPorts,
  { leadership, store }: { readonly leadership: Leadership; readonly store: ConfigStore },
): Register {
  /** The config that the nodes were last told all of; they are told what has changed since. */
  let agreed: Config | undefined;
  let seenBefore = "";
  let told = "";
  let toldBehind = "";
  const share = openShared(ports, leadership);

  const tell = async (type: string, error: string): Promise<void> => {
    if (error === told) return;
    told = error;
    await record(ports, { type, error });
  };

  const tellBehind = async (config: Config): Promise<void> => {
    const behind = leadership.behind();
    const error = behind === undefined ? "" : differs(behind, config.staleConfig);
    if (error !== "" && error !== toldBehind) await record(ports, { type: "config.behind", error });
    toldBehind = error;
  };

  const catchUp = async (config: Config): Promise<Config> => {
    const missed = leadership.missed(config);
    const strange = missed.find(({ to }) => !config.nodes.some(({ name }) => name === to));
    if (strange) {
      const { container, from, to } = strange;
      await tell(
        "config.behind",
        `${container} was moved from ${from} to ${to} by another daemon, and ${to} is no node of this config: nothing is repaired or moved until the config is that of the other daemon, or has ${to} in \`nodes\`.`,
      );
      return config;
    }
    try {
      for (const move of missed) {
        await store.change((_config, raw) => moveEdits(raw, move));
        const { container, from, to } = move;
        await record(ports, { type: "config.caught-up", container, node: to, before: from, after: to });
      }
      await leadership.catchUp();
      return (await store.read()).config;
    } catch (error) {
      if (error instanceof PictlError && error.code === "state-write-failed") throw error;
      await tell("config.behind", `The config cannot be brought up to date. ${toFailure(error).message}`);
      return config;
    }
  };

  /** What differs twice in a row; in between, a move may be on its way into the file. */
  const announce = async (config: Config): Promise<void> => {
    const changed = leadership.changed(config, (agreed ??= config));
    const seen = JSON.stringify(changed);
    const lasts = seen === seenBefore;
    seenBefore = seen;
    if (!lasts) return;
    const stored = await Promise.all(changed.map((each) => leadership.place(config, each)));
    if (!stored.includes(false)) agreed = config;
  };

  return {
    async keep(config) {
      const missed = leadership.missed(config);
      if (leadership.role() !== "leader") {
        agreed = undefined;
        if (missed.length === 0) return config;
        const names = missed.map(({ container, from, to }) => `${container} from ${from} to ${to}`).join(", ");
        await tell(
          "config.behind",
          `Another daemon has moved ${names}, which this config does not show: nothing is repaired before this daemon leads, and then the config is changed accordingly.`,
        );
        return config;
      }
      if (missed.length > 0) return catchUp(config);
      told = "";
      await share(config);
      await tellBehind(config);
      await announce(config);
      return config;
    },
  };
}

function differs({ gone, unknown }: Difference, staleConfig: Config["staleConfig"]): string {
  const few = (names: readonly string[]): string =>
    names.length > 5 ? `${names.slice(0, 5).join(", ")} and ${String(names.length - 5)} more` : names.join(", ");
  const parts = [
    ...(gone.length > 0 ? [`${few(gone)} had left the layout of the daemon that led before`] : []),
    ...(unknown.length > 0 ? [`${few(unknown)} of that layout is not in this config`] : []),
  ];
  const meanwhile =
    staleConfig === "refuse"
      ? "Nothing is repaired or moved"
      : gone.length > 0
        ? `${few(gone)} is neither repaired nor moved, and all others are looked after,`
        : "All others are looked after";
  return `This config seems to be an older one: ${parts.join(", and ")}. ${meanwhile} until the layout is changed; then this config is the one that counts.`;
}
