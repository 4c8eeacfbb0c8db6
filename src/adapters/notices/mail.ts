import { spawn } from "node:child_process";
import { access, constants } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { onAbort } from "../../abort.ts";

const keptCharacters = 300;

/** Where mail systems have it; not all of them are in every user's PATH. */
const usualFolders = ["/usr/sbin", "/usr/lib", "/usr/bin"];

/**
 * Hands a mail to the `sendmail` that every mail system has (postfix, exim, msmtp, nullmailer …): it knows the way, has the
 * passwords for it, and tries again when the way is blocked.
 */
export async function sendMail(
  mail: string,
  { env, timeoutMs }: { readonly env: Readonly<Record<string, string | undefined>>; readonly timeoutMs: number },
): Promise<{ readonly ok: boolean; readonly reason: string }> {
  const program = await findProgram("sendmail", [...(env["PATH"] ?? "").split(delimiter), ...usualFolders]);
  if (program === undefined) {
    return { ok: false, reason: "this machine has no `sendmail`; install a mail system such as msmtp-mta or postfix" };
  }
  return await new Promise((resolve) => {
    // Recipients stand in the mail (-t), and a line with a single dot does not end it (-i).
    const child = spawn(program, ["-t", "-i"], { stdio: ["pipe", "ignore", "pipe"] });
    let said = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      said = (said + text).slice(-keptCharacters);
    });
    const deadline = AbortSignal.timeout(timeoutMs);
    const off = onAbort(deadline, () => child.kill("SIGKILL"));
    child.stdin.on("error", () => undefined);
    child.stdin.end(mail);
    child.on("error", ({ message }) => {
      off();
      resolve({ ok: false, reason: message });
    });
    child.on("close", (code) => {
      off();
      const ended = deadline.aborted ? `gave up after ${String(timeoutMs / 1000)} s` : `exit code ${String(code)}`;
      const words = said.trim() === "" || code === 0 ? "" : `: ${said.trim()}`;
      resolve({ ok: code === 0, reason: `sendmail: ${ended}${words}` });
    });
  });
}

async function findProgram(name: string, folders: readonly string[]): Promise<string | undefined> {
  for (const folder of folders) {
    const path = join(folder, name);
    const found =
      folder !== "" &&
      (await access(path, constants.X_OK).then(
        () => true,
        () => false,
      ));
    if (found) return path;
  }
  return undefined;
}
