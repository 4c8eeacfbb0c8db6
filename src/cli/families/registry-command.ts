import type { RegistryLogin } from "../../app/ports.ts";
import type { RegistryAddress } from "../../domain/registry/address.ts";
import { oneRegistry } from "../../domain/registry/choose.ts";
import { PictlCommand } from "../command.ts";
import { readLogin } from "../input/registry-login.ts";

/** What the commands share that ask registries from this machine (`search`, `tags`). */
export abstract class RegistryCommand extends PictlCommand {
  /** The login of the flags, undefined without `--username`; it is for one registry, never for all of the config. */
  protected async login(
    registries: readonly RegistryAddress[],
    flags: { readonly username?: string | undefined; readonly "password-stdin": boolean },
  ): Promise<RegistryLogin | undefined> {
    const { username } = flags;
    if (username === undefined) return undefined;
    const registry = oneRegistry(registries).name;
    return readLogin(
      { username, registry, fromStdin: flags["password-stdin"] },
      { ask: this.ask, signal: this.signal },
    );
  }
}
