import { AccountsCommand } from "../../../src/cli/families/accounts-command.ts";
import { usersView } from "../../../src/view/service/serve.ts";

export default class ServeUserList extends AccountsCommand {
  static override summary = "List the users of the web console, beside web_username of the config.";
  static override examples = ["<%= config.bin %> serve user list"];

  async run(): Promise<void> {
    const { flags } = await this.parse(ServeUserList);
    const { listUsers } = await import("../../../src/app/access/accounts.ts");
    await this.finish(await listUsers(await this.openAccounts(flags)), usersView);
  }
}
