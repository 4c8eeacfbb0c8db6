import { stat } from "node:fs/promises";
import { PictlError } from "../../domain/errors.ts";
import { quote } from "../../domain/shell.ts";
import { whyOthersMayWrite } from "../../files/folder.ts";

/**
 * Rejects with state-write-failed when somebody else may write in the state folder: whoever may could have pictl read
 * what they have made up, or put links and fifos in its way. Who owns the config may, since hooks make its owner able to
 * do all that pictl can.
 */
export async function refuseUnsafeFolder(stateDir: string, configPath: string): Promise<void> {
  const me = process.getuid?.();
  if (me === undefined) return;
  const owner =
    me === 0
      ? await stat(configPath).then(
          ({ uid }) => uid,
          () => me,
        )
      : me;
  const found = await whyOthersMayWrite(stateDir, [me, 0, owner]);
  if (found === undefined) return;
  throw new PictlError("state-write-failed", `The state folder ${stateDir} ${found.what}: nothing was done.`, {
    hint: `Take that right away (\`${found.remedy.map(quote).join(" ")}\`), or set \`state_dir\` in the config to another folder.`,
  });
}
