import type { Placement } from "../../../domain/config/types.ts";
import { type EnvVariable, refuseSeveralLines } from "../../../domain/container/environment/variables.ts";
import { askedOf } from "../../../domain/container/drift/asked.ts";
import { envOfArguments, type Wish } from "../../../domain/container/drift/drift.ts";
import { imageOf, wantedText } from "../../../domain/container/drift/wanted.ts";
import { type Failure, PictlError, toFailure } from "../../../domain/errors.ts";
import { Secret } from "../../../domain/secrets/secret.ts";
import { sha256 } from "../../kit/digest.ts";
import type { Ports } from "../../ports.ts";

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

/**
 * What the config wants of a container, to be compared with what runs (`drift`). `fromFile` undefined: its `env_file`
 * cannot be read. A secret that is not here cannot be compared. Never rejects.
 */
export async function wishOf(
  ports: Pick<Ports, "secrets">,
  placement: Placement,
  fromFile: readonly EnvVariable[] | undefined,
): Promise<Wish> {
  const secrets = await Promise.all(
    Object.entries(placement.secrets).map(([name, source]) =>
      ports.secrets.read(source).then(
        (value): EnvVariable[] => [[name, value]],
        () => [],
      ),
    ),
  );
  // A file is overridden by what the arguments say.
  const plain = [...Object.entries(placement.env), ...envOfArguments(placement.args)];
  const env = new Map<string, Secret>([
    ...(fromFile ?? []),
    ...plain.map(([name, value]) => [name, new Secret(value)] as const),
  ]);
  const told = new Set(plain.map(([name]) => name));
  for (const name of Object.keys(placement.secrets)) if (!told.has(name)) env.delete(name);
  return {
    digest: fromFile && wantedDigest(placement, fromFile),
    image: imageOf(placement),
    container: placement.container,
    asked: askedOf(placement),
    env: [...env],
    secrets: secrets.flat().filter(([name]) => !told.has(name)),
  };
}
