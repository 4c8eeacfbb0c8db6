import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { PictlError } from "../../domain/errors.ts";
import { readText, smallFileBytes, whyUnread } from "../../files/read.ts";

/** A private copy of a text, which the user's editor opens as often as needed. */
export interface Draft {
  readonly path: string;
  /** Writes the text, opens the editor, and gives back what the file says when the editor has ended. */
  edit(text: string): Promise<string>;
  remove(): Promise<void>;
  /** Removes the copy, unless it says something else than at first: then somebody's work is in it, and its path is told. */
  giveUp(): Promise<string | undefined>;
}

/** The copy has the name of the file it is of, so that the editor knows its language. */
export async function openDraft(of: string, env: NodeJS.ProcessEnv): Promise<Draft> {
  const folder = await mkdtemp(join(tmpdir(), "pictl-"));
  const path = join(folder, basename(of));
  let first: string | undefined;
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true });
  return {
    path,
    async edit(text) {
      await writeFile(path, text, { mode: 0o600 });
      first ??= text;
      await run(env["VISUAL"] || env["EDITOR"] || "vi", path);
      return await readDraft(path);
    },
    remove,
    async giveUp() {
      if (first !== undefined && (await readDraft(path).catch(() => first)) !== first) return path;
      await remove();
      return undefined;
    },
  };
}

/** What the editor has left, whatever that is. */
async function readDraft(path: string): Promise<string> {
  try {
    return await readText(path, { maxBytes: 16 * smallFileBytes });
  } catch (error) {
    throw new PictlError("config-write-failed", `${path}, which the editor was to write, ${whyUnread(error)}.`, {
      hint: "Nothing was written; make the change again.",
      cause: error,
    });
  }
}

/** Through sh, as everybody does: the variable may hold options (`code --wait`). */
async function run(editor: string, path: string): Promise<void> {
  const child = spawn("sh", ["-c", `${editor} "$1"`, "sh", path], { stdio: "inherit" });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", resolve);
  });
  if (code === 0) return;
  const how = code === 127 ? "was not found" : `ended with ${code === null ? "a signal" : `exit code ${code}`}`;
  throw new PictlError("missing-prerequisite", `The editor \`${editor}\` ${how}; the config is as it was.`, {
    hint: "Set VISUAL or EDITOR to the editor you like.",
  });
}
