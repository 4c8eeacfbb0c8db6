import { Flags } from "@oclif/core";
import { AccountsCommand, roleFlag } from "../../../src/cli/families/accounts-command.ts";
import { newTokenView } from "../../../src/view/service/serve.ts";

export default class ServeTokenAdd extends AccountsCommand {
  static override summary = "Make a token for a script that uses the HTTP API.";
  static override description =
    "It is shown once; only its digest is kept. Send it as `Authorization: Bearer TOKEN`. A server that runs takes it " +
    "within a second.";
  static override flags = {
    name: Flags.string({
      summary: "What it is for, for the list and the event log.",
      helpValue: "NAME",
      required: true,
    }),
    role: roleFlag({ required: true }),
    days: Flags.integer({ summary: "Days until it ends; without it, it does not.", helpValue: "N", min: 1, max: 3650 }),
  };
  static override examples = [
    "<%= config.bin %> serve token add --name grafana --role viewer",
    "<%= config.bin %> serve token add --name ci --role operator --days 90 --json",
  ];

  async run(): Promise<void> {
    const { flags } = await this.parse(ServeTokenAdd);
    const { addToken } = await import("../../../src/app/access/accounts.ts");
    const { name, role, days } = flags;
    const ports = await this.openAccounts(flags);
    await this.finish(await addToken(ports, { name, role, days, random: this.random(32) }), newTokenView);
  }
}
