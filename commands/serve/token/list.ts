import { AccountsCommand } from "../../../src/cli/families/accounts-command.ts";
import { tokensView } from "../../../src/view/service/serve.ts";

export default class ServeTokenList extends AccountsCommand {
  static override summary = "List the tokens of the HTTP API; what they are is not kept.";
  static override examples = ["<%= config.bin %> serve token list"];

  async run(): Promise<void> {
    const { flags } = await this.parse(ServeTokenList);
    const { listTokens } = await import("../../../src/app/access/accounts.ts");
    await this.finish(await listTokens(await this.openAccounts(flags)), tokensView);
  }
}
