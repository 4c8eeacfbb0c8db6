import type { DocumentEdit } from "../../domain/config/document/apply-edit.ts";
import type { RawConfig } from "../../domain/config/raw.ts";
import type { SecretSource } from "../../domain/config/secrets/secret-source.ts";
import type { Config, ConfigProblem } from "../../domain/config/types.ts";
import type { EnvVariable } from "../../domain/container/environment/variables.ts";
import type { Secret } from "../../domain/secrets/secret.ts";

export interface Secrets {
  /** Rejects with secret-missing. */
  read(source: SecretSource): Promise<Secret>;
  /** The variables of an `env_file` on this machine (`parseEnvFile`). Rejects with env-file-invalid. */
  envFile(path: string): Promise<readonly EnvVariable[]>;
}

export interface ConfigStore {
  readonly path: string;
  /** Another text whenever the file is another one, or has been written: cheaper than reading it. Never rejects. */
  stamp(): Promise<string>;
  /** `raw` has the rows as they stand in the file: what edits count their indexes by. */
  read(): Promise<{ readonly config: Config; readonly raw: RawConfig; readonly warnings: readonly ConfigProblem[] }>;
  /**
   * The config as the edits would make it; nothing is written. Rejects with config-invalid when they would break it.
   */
  preview(edits: readonly ConfigEdit[]): Promise<Config>;
  /**
   * Re-reads under the lock, applies the edits to the text (formatting, comments and key order stay), checks the
   * result and writes it atomically, with one `.bak`. Rejects with config-invalid (nothing written), lock-held,
   * config-write-failed. Without edits nothing is written, and what keeps everybody from writing there still rejects.
   */
  change(edits: (config: Config, raw: RawConfig) => readonly ConfigEdit[]): Promise<void>;
}

/** The config as a text with mistakes in it, for the commands that look at it and repair it. */
export interface EditableConfigStore extends ConfigStore {
  /** Rejects only when the file cannot be read as text (config-not-found, config-invalid). */
  inspect(): Promise<ConfigInspection>;
  /** What would be wrong with a text in the file's place. */
  check(text: string): Promise<readonly ConfigProblem[]>;
  /** As `change`, but what stands in the file need not be valid before; the result must be. */
  apply(edits: readonly ConfigEdit[]): Promise<void>;
  /** Puts `after` in the place of `before`. Rejects with config-write-failed when the file says something else by now. */
  replace(texts: { readonly before: string; readonly after: string }): Promise<void>;
}

export interface ConfigInspection {
  readonly text: string;
  /** Errors and warnings, in the order of the text. */
  readonly problems: readonly ConfigProblem[];
  /** The document as plain values, secrets and all; undefined when the text cannot be parsed. */
  readonly document: unknown;
  /** The document in the file's language, without comments, its secrets hidden. */
  readonly shown: () => string;
  /** The text with its secrets hidden, for an editor of somebody else's; empty when it cannot be parsed. */
  readonly masked: () => string;
  /** A text that was made of the masked one, with the secrets put back. Throws usage where that cannot be. */
  readonly unmasked: (text: string) => string;
}

export type ConfigEdit = DocumentEdit;
