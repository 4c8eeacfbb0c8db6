import { basename } from "node:path";
import type { ExecTask } from "../../app/exec.ts";
import { PictlError } from "../../domain/errors.ts";
import { quote } from "../../domain/shell.ts";
import { readWhole, whyUnread } from "../../files/read.ts";

const maxScriptBytes = 16 * 1024 * 1024;

/** What `exec` was asked to run. Throws usage: nothing, an empty command, a script that cannot be read. */
export async function execTask(words: readonly string[], script: string | undefined): Promise<ExecTask> {
  const [first] = words;
  if (script !== undefined) {
    return { script: { name: basename(script), content: await scriptContent(script), args: words } };
  }
  if (first === undefined || (words.length === 1 && first.trim() === "")) {
    throw new PictlError("usage", "There is no command to run.", {
      hint: 'Say `pictl exec "COMMAND"`, `pictl exec -- PROGRAM ARGUMENT…` or `pictl exec --script FILE`.',
    });
  }
  return { line: words.length === 1 ? first : words.map(quote).join(" ") };
}

async function scriptContent(path: string): Promise<Uint8Array> {
  const problem = (what: string): PictlError =>
    new PictlError("usage", `The script ${path} ${what}.`, {
      hint: "`--script` wants a readable file on this machine.",
    });
  try {
    // A pipe is welcome: `--script <(generate)`.
    const { bytes } = await readWhole(path, { maxBytes: maxScriptBytes, pipes: true });
    if (bytes.length === 0) throw problem("is empty");
    return new Uint8Array(bytes);
  } catch (error) {
    throw error instanceof PictlError ? error : problem(whyUnread(error));
  }
}
