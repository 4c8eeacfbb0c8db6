import type { HostKeys, ShownHostKey, ShownHostKeys } from "../../../app/ports.ts";
import type { NodeSpec } from "../../../domain/config/types.ts";
import { PictlError } from "../../../domain/errors.ts";
import {
  hostKeyFamilies,
  judgeHostKey,
  type HostEntries,
  type HostKey,
  type HostKeyAlgorithm,
} from "../../../domain/ssh/trust/host-key.ts";
import { hostKeyError } from "../../../domain/ssh/trust/host-key-error.ts";
import type { Approach, Connector } from "../connect/connector.ts";
import { AttemptFailed } from "../connect/dial.ts";
import { fingerprint, knownHostName } from "./known-hosts.ts";
import type { Hop } from "../connect/route.ts";
import { interrupted } from "../run/run.ts";

/** `HostKeys` of the ports: one handshake per kind of key, each broken off when the key has been seen. */
export class HostKeyDesk implements HostKeys {
  readonly #connector: Connector;
  /** The step whose keys were shown, which says where they are to be stored. */
  readonly #steps = new WeakMap<ShownHostKeys, Hop>();

  constructor(connector: Connector) {
    this.#connector = connector;
  }

  async shown(node: NodeSpec, signal: AbortSignal = new AbortController().signal): Promise<ShownHostKeys> {
    try {
      const approach = await this.#connector.approach(node, signal, true);
      const { step } = approach;
      const entries = await this.#connector.knownHosts.entriesOf(step.target);
      const keys: ShownHostKey[] = [];
      for (const family of hostKeyFamilies) {
        const key = await this.#see(approach, family, signal);
        if (key) keys.push(described(key, entries));
      }
      const shown = { node: node.name, hop: step.hop, name: knownHostName(step.target), keys };
      this.#steps.set(shown, step);
      return shown;
    } catch (error) {
      if (signal.aborted) throw interrupted(node.name, signal);
      throw error;
    }
  }

  async trust(
    shown: ShownHostKeys,
    { replace = false, only }: { readonly replace?: boolean; readonly only?: readonly string[] } = {},
  ): Promise<string> {
    const step = this.#steps.get(shown);
    if (!step) throw new PictlError("internal", "trust() was given keys that shown() did not return.");
    const { knownHosts } = this.#connector;
    const { target } = step;
    const keys = shown.keys.filter((key) => only === undefined || only.includes(key.fingerprint));
    const refuse = (entries: HostEntries, forgiven: boolean): void => {
      for (const key of keys) {
        const verdict = judgeHostKey(key, entries);
        if (verdict.kind === "revoked" || (verdict.kind === "changed" && !forgiven)) {
          throw hostKeyError(verdict, { ...shown, key, fingerprint: key.fingerprint });
        }
      }
    };
    refuse(await knownHosts.entriesOf(target), replace);
    if (replace) {
      await knownHosts.forget(target);
      // What is left stands in a file that is not the user's to edit.
      refuse(await knownHosts.entriesOf(target), false);
    }
    const entries = await knownHosts.entriesOf(target);
    return knownHosts.store(
      target,
      keys.filter((key) => judgeHostKey(key, entries).kind !== "trusted"),
    );
  }

  /** The host's key of one family; undefined when it has none. */
  async #see(
    { step, via }: Approach,
    family: readonly HostKeyAlgorithm[],
    signal: AbortSignal,
  ): Promise<HostKey | undefined> {
    try {
      await this.#connector.connectStep(step, via, signal, {
        algorithms: family,
        check: (key) => Promise.reject(new Seen(key)),
      });
    } catch (error) {
      if (error instanceof Seen) return error.key;
      if (
        error instanceof PictlError &&
        error.cause instanceof AttemptFailed &&
        error.cause.detail === "host key format"
      ) {
        return undefined;
      }
      throw error;
    }
    throw new Error("a handshake went on after its host key was refused");
  }
}

class Seen extends Error {
  readonly key: HostKey;

  constructor(key: HostKey) {
    super("the host key has been seen");
    this.key = key;
  }
}

function described(key: HostKey, entries: HostEntries): ShownHostKey {
  const verdict = judgeHostKey(key, entries);
  const status = verdict.kind === "authority" ? "unknown" : verdict.kind;
  const seen = { ...key, fingerprint: fingerprint(key), status };
  if (verdict.kind === "unknown") return { ...seen, entry: undefined };
  const { file, line, keyType: type, key: base64 } = verdict.entry;
  return { ...seen, entry: `${file}:${line}`, known: { type, fingerprint: fingerprint({ type, base64 }) } };
}
