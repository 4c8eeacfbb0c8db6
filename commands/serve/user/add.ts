import { Flags } from "@oclif/core";
import { AccountsCommand, roleFlag } from "../../../src/cli/families/accounts-command.ts";

export default class ServeUserAdd extends AccountsCommand {
  static override summary = "Make a user of the web console.";
  static override description =
    "The password is asked for, or read from stdin; what is kept of it is a scrypt hash. A server that runs takes the user " +
    "within a second. Another password ends the user's sessions.";
  static override flags = {
    name: Flags.string({ summary: "What the user logs in with.", helpValue: "NAME", required: true }),
    role: roleFlag({ required: true }),
    "password-stdin": Flags.boolean({ summary: "Read the password from stdin." }),
    replace: Flags.boolean({ summary: "Give a user that is there another password and role." }),
  };
  static override examples = [
    "<%= config.bin %> serve user add --name anna --role admin",
    "<%= config.bin %> serve user add --name wall --role viewer --password-stdin < FILE",
  ];

  async run(): Promise<void> {
    const { flags } = await this.parse(ServeUserAdd);
    const { name, role, replace } = flags;
    const { passwordOnStdin } = await import("../../../src/cli/input/registry-login.ts");
    const password = flags["password-stdin"]
      ? await passwordOnStdin(this.signal)
      : await this.ask.hidden(`Password for ${name}`, "Give it by stdin: `--password-stdin < FILE`.");
    const { addUser } = await import("../../../src/app/access/accounts.ts");
    const ports = await this.openAccounts(flags);
    const report = await addUser(ports, { name, role, password, replace, salt: this.random(16) });
    await this.finish(report, () => `${name}: may log in as ${role}\n`);
  }
}
