import { editConfig } from "../../src/app/config/edit.ts";
import { ConfigCommand } from "../../src/cli/families/config-command.ts";
import { openDraft } from "../../src/cli/input/editor.ts";
import { hintedFurther, PictlError, toFailure } from "../../src/domain/errors.ts";
import { problemsView } from "../../src/view/setup/config.ts";

export default class ConfigEdit extends ConfigCommand {
  static override summary = "Open the config in your editor; a broken result is not taken.";
  static override description = "The editor is $VISUAL, else $EDITOR, else vi, and gets a copy.";
  static override examples = ["<%= config.bin %> config edit"];

  async run(): Promise<void> {
    const { flags } = await this.parse(ConfigEdit);
    if (!this.terminal.interactive) throw noTerminal();
    const store = await this.store(flags);
    const draft = await openDraft(store.path, process.env);
    const report = await this.recordingChange(flags, store, () =>
      editConfig(store, {
        edit: (text) => draft.edit(text),
        again: async (problems) => {
          process.stderr.write(problemsView({ file: store.path, problems }, this.terminal.err));
          return this.ask.confirm("Go on editing?", "");
        },
      }),
    ).catch(async (error: unknown) => {
      const kept = await draft.giveUp();
      throw kept === undefined ? error : withDraft(error, kept);
    });
    await draft.remove();
    await this.finish(report, ({ file, changed }) => `${file} ${changed ? "changed" : "not changed"}\n`);
  }
}

function noTerminal(): PictlError {
  return new PictlError("usage", "An editor needs a terminal, and there is none here.", {
    hint: "Use `pictl config set KEY VALUE`, or write the file and look at it with `pictl config check`.",
  });
}

function withDraft(error: unknown, path: string): PictlError {
  const { code, message, hint } = hintedFurther(toFailure(error), `What you wrote is kept in ${path}.`);
  return new PictlError(code, message, { hint, cause: error });
}
