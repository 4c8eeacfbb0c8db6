import { Args } from "@oclif/core";
import { AccountsCommand } from "../../../src/cli/families/accounts-command.ts";

export default class ServeUserRemove extends AccountsCommand {
  static override summary = "Remove a user of the web console; their sessions end within seconds.";
  static override args = { name: Args.string({ required: true, description: "Their name." }) };
  static override examples = ["<%= config.bin %> serve user remove anna"];

  async run(): Promise<void> {
    const { args, flags } = await this.parse(ServeUserRemove);
    const { removeUser } = await import("../../../src/app/access/accounts.ts");
    await this.finish(await removeUser(await this.openAccounts(flags), args.name), () => `${args.name}: removed\n`);
  }
}
