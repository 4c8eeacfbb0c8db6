import { Args, Flags } from "@oclif/core";
import { setConfigValue } from "../../src/app/config/set.ts";
import { ConfigCommand } from "../../src/cli/families/config-command.ts";
import * as common from "../../src/cli/flags/common.ts";

export default class ConfigSet extends ConfigCommand {
  static override summary = "Change one value of the config; the rest of the file stays as it is.";
  static override description =
    "The value is JSON where it reads as JSON, else text. What is missing on the way is made; an index equal to a list's length appends. A change that would make the config invalid is refused.";
  static override args = {
    path: Args.string({
      required: true,
      description: 'Such as `ssh.user`, `layout[1].web` or `nodes["pi.lab"].user`.',
    }),
    value: Args.string({ required: true, description: "The value; `-` reads it from stdin." }),
  };
  static override flags = {
    text: Flags.boolean({ summary: "Take the value as text even if it reads as JSON." }),
    "dry-run": common.dryRunFlag,
  };
  static override examples = [
    "<%= config.bin %> config set ssh.user pi",
    "<%= config.bin %> config set 'layout[0].web' -- '-p 80:80'",
    "<%= config.bin %> config set web_password - < password.txt",
  ];

  async run(): Promise<void> {
    const { args, flags } = await this.parse(ConfigSet);
    const hidden = args.value === "-";
    const value = hidden ? await textOfStdin() : args.value;
    const store = await this.store(flags);
    const report = await this.recordingChange(flags, store, () =>
      setConfigValue(store, {
        path: args.path,
        value,
        asText: flags.text || hidden,
        hidden,
        dryRun: flags["dry-run"],
      }),
    );
    await this.finish(report, ({ path, changed }) => `${path} ${changed ? "set" : "would be set"}\n`);
  }
}

/** Without its last line break. */
async function textOfStdin(): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks)
    .toString("utf8")
    .replace(/\r?\n$/, "");
}
