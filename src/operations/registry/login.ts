import type { Ask, RegistryLogin } from "../../app/ports.ts";
import type { RegistryAddress } from "../../domain/registry/address.ts";
import { oneRegistry } from "../../domain/registry/choose.ts";
import { checkUsername } from "../../domain/registry/username.ts";
import { Secret } from "../../domain/secrets/secret.ts";
import * as field from "../fields.ts";

/** The fields of a login to a registry. */
export const loginFields = {
  username: field.maybe("Log in to the registry as this user."),
  password: field.secret("The password of `username`."),
};

interface LoginInput {
  readonly username?: string | undefined;
  readonly password?: Secret | undefined;
}

/** The password that was given, or that whoever sits there is asked for. Throws confirmation-missing. */
export async function passwordOf(
  ask: Ask,
  { username, password }: LoginInput & { readonly username: string },
  registry: string,
): Promise<Secret> {
  return password ?? new Secret(await ask.hidden(`Password of ${username} at ${registry}`, "Give it as `password`."));
}

/** The login to the one registry that is asked; undefined without `username`. Throws usage and confirmation-missing. */
export async function loginOf(
  ask: Ask,
  input: LoginInput,
  registries: readonly RegistryAddress[],
): Promise<RegistryLogin | undefined> {
  const { username } = input;
  if (username === undefined) return undefined;
  checkUsername(username, "`username`");
  const registry = oneRegistry(registries).name;
  return { username, password: await passwordOf(ask, { ...input, username }, registry) };
}
