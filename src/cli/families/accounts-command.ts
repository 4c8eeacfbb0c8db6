import { Flags } from "@oclif/core";
import { randomBytes } from "node:crypto";
import type { AccountPorts } from "../../app/access/accounts.ts";
import { type Role, roles } from "../../domain/access/role.ts";
import { type GlobalFlags, PictlCommand } from "../command.ts";

/** The flag of what gives somebody rights. */
export const roleFlag = Flags.custom<Role>({
  options: [...roles],
  required: true,
  summary: "What it may do: look; change what runs; change the config and run commands, which is root's right.",
});

/** What the commands share that say who may come in over HTTP. They touch no node. */
export abstract class AccountsCommand extends PictlCommand {
  protected async openAccounts(flags: GlobalFlags): Promise<AccountPorts> {
    const { openAccounts } = await import("../../context.ts");
    const cause = `pictl ${(this.id ?? "").replaceAll(":", " ")}`;
    return openAccounts({ configPath: flags.config, progress: this.progress, cause });
  }

  protected random(bytes: number): Uint8Array {
    return randomBytes(bytes);
  }
}
