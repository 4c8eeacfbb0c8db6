import type { Placement } from "../domain/config/types.ts";
import { type EnvVariable, refuseSeveralLines } from "../domain/container/environment.ts";
import { wantedText } from "../domain/container/wanted.ts";
import { type Failure, PictlError, toFailure } from "../domain/errors.ts";
import { sha256 } from "./digest.ts";
import type { Ports } from "./ports.ts";

/** What the `env_file` of a placement says; nothing without one. Throws env-file-invalid. */
export async function readEnvFile(
  ports: Pick<Ports, "secrets">,
  { container, node, envFile }: Placement,
): Promise<readonly EnvVariable[]> {
  if (envFile === undefined) return [];
  try {
    return await ports.secrets.envFile(envFile);
  } catch (error) {
    throw error instanceof PictlError ? error.at({ container, node }) : error;
  }
}

/** The variables of many placements' env files, or why they are not known. */
export interface Environments {
  /** Undefined when its file cannot be read; that is among the failures. */
  of(placement: Placement): readonly EnvVariable[] | undefined;
  readonly failures: readonly Failure[];
}

/** Reads them all, before anything is done on a node. */
export async function readEnvironments(
  ports: Pick<Ports, "secrets">,
  placements: readonly Placement[],
): Promise<Environments> {
  const known = new Map<Placement, readonly EnvVariable[]>();
  const failures: Failure[] = [];
  await Promise.all(
    placements.map(async (placement) => {
      try {
        known.set(placement, await readEnvFile(ports, placement));
      } catch (error) {
        failures.push(toFailure(error));
      }
    }),
  );
  return { of: (placement) => known.get(placement), failures };
}

/** Tells two wishes apart (`wantedText`). */
export function wantedDigest(placement: Placement, fromFile: readonly EnvVariable[]): string {
  return sha256(wantedText(placement, fromFile));
}

/**
 * All that a container gets by stdin: its file's variables and its secrets, which win. Throws secret-missing, and
 * config-invalid for what docker cannot be given.
 */
export async function withSecrets(
  ports: Pick<Ports, "secrets">,
  { container, node, secrets }: Placement,
  fromFile: readonly EnvVariable[],
): Promise<readonly EnvVariable[]> {
  try {
    const read = await Promise.all(
      Object.entries(secrets).map(async ([name, source]) => [name, await ports.secrets.read(source)] as const),
    );
    const environment = [...new Map([...fromFile, ...read])];
    refuseSeveralLines(environment);
    return environment;
  } catch (error) {
    throw error instanceof PictlError ? error.at({ container, node }) : error;
  }
}
