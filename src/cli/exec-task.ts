import { open } from "node:fs/promises";
import { basename } from "node:path";
import type { ExecTask } from "../app/exec.ts";
import { PictlError } from "../domain/errors.ts";
import { quote } from "../domain/shell.ts";

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
  let file;
  try {
    file = await open(path);
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    throw problem(
      code === "ENOENT" ? "does not exist" : `cannot be read: ${code === "EACCES" ? "permission denied" : message}`,
    );
  }
  try {
    const facts = await file.stat();
    // A fifo is welcome: `--script <(generate)`.
    if (facts.isDirectory()) throw problem("is a folder");
    if (facts.size > maxScriptBytes) throw problem("has more than 16 MB");
    const content = new Uint8Array(await file.readFile());
    if (content.length === 0) throw problem("is empty");
    if (content.length > maxScriptBytes) throw problem("has more than 16 MB");
    return content;
  } finally {
    await file.close();
  }
}
