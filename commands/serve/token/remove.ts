import { Args } from "@oclif/core";
import { AccountsCommand } from "../../../src/cli/families/accounts-command.ts";

export default class ServeTokenRemove extends AccountsCommand {
  static override summary = "Take a token back; its streams end within seconds.";
  static override args = { name: Args.string({ required: true, description: "Its name." }) };
  static override examples = ["<%= config.bin %> serve token remove ci"];

  async run(): Promise<void> {
    const { args, flags } = await this.parse(ServeTokenRemove);
    const { removeToken } = await import("../../../src/app/access/accounts.ts");
    await this.finish(await removeToken(await this.openAccounts(flags), args.name), () => `${args.name}: removed\n`);
  }
}
