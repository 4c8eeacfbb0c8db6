import { Args } from "@oclif/core";
import { openShell } from "../src/app/shell.ts";
import { PictlCommand } from "../src/cli/command.ts";
import { localTerminal } from "../src/cli/input/tty.ts";
import { PictlError } from "../src/domain/errors.ts";
import { placeNamed } from "../src/domain/terminal/place.ts";

export default class Shell extends PictlCommand {
  static override summary = "Open a terminal on a node or in a container.";
  static override description = `On a node it is the login shell; in a container bash where it has one, else sh. A name that a node and a container have means the node: CONTAINER@NODE is the container. The exit code is the shell's; 3 when the line dies.
Every key goes to the other side, Ctrl-C too. When the line is dead, Enter and then ~. leaves (~~ types a tilde at the beginning of a line).`;
  static override args = {
    place: Args.string({ required: true, description: "NODE, CONTAINER, or CONTAINER@NODE." }),
  };
  static override examples = ["<%= config.bin %> shell n1", "<%= config.bin %> shell web@n2"];

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Shell);
    if (flags.json) {
      throw new PictlError("usage", "A shell is for people: there is no --json.", {
        hint: '`pictl exec "COMMAND" --json` runs a command and tells what came of it.',
      });
    }
    const local = localTerminal();
    const { config, ports } = await this.open(flags);
    const place = placeNamed(config, args.place);
    await this.finish(await openShell(ports, { config, place, local }), () => "");
  }
}
