import { type ChildProcessByStdio, spawn } from "node:child_process";
import { Socket } from "node:net";
import type { Readable, Writable } from "node:stream";
import { onAbort, pause } from "../../abort.ts";
import type { Hooks } from "../../app/ports.ts";
import { whyNoAnswer } from "../../domain/no-answer.ts";

/** Of a hook's last words, so many are kept for the event log. */
const keptCharacters = 500;
/** They come this soon after its end. */
const lastWordsMs = 500;

type Ending = Awaited<ReturnType<Hooks["run"]>>;

/** Runs hooks: `http://` and `https://` URLs get a POST, anything else is a line for `sh`, which begins in `folder`. */
export function openHooks(folder: string): Hooks {
  return {
    run: async (hook, event, timeoutMs) => {
      const body = JSON.stringify(event);
      try {
        if (/^https?:\/\//i.test(hook)) return await post(hook, body, timeoutMs);
        return await execute(hook, { body, timeoutMs, folder });
      } catch (error) {
        return { ok: false, message: timedOut(error) ? `gave up after ${String(timeoutMs)} ms` : reason(error) };
      }
    },
  };
}

async function post(hook: string, body: string, timeoutMs: number): Promise<Ending> {
  const { url, authorization } = withoutCredentials(hook);
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", ...(authorization === undefined ? {} : { authorization }) },
    body,
    // Most redirections make a GET of a POST, and the event would reach nobody.
    redirect: "manual",
    signal: AbortSignal.timeout(timeoutMs),
  }).catch((error: unknown) => {
    throw timedOut(error) ? error : unreached(url, error);
  });
  await response.body?.cancel();
  const elsewhere = response.status >= 300 && response.status < 400 ? ", which sends it on to another URL" : "";
  return { ok: response.ok, message: `HTTP ${String(response.status)}${elsewhere}` };
}

/** The path of a URL may be a password, too. */
function unreached(url: string, error: unknown): Error {
  const { protocol, hostname, port } = new URL(url);
  const place = `${hostname}:${port === "" ? (protocol === "https:" ? "443" : "80") : port}`;
  const cause = error instanceof Error ? (error.cause as NodeJS.ErrnoException | undefined) : undefined;
  const why = cause?.code === undefined ? (cause?.message ?? reason(error)) : whyNoAnswer(cause.code);
  const next = "see that its receiver runs and that this machine reaches it, or correct its URL under `hooks`";
  return new Error(`${place} cannot be used: ${why}; ${next}`, { cause: error });
}

/** `fetch` refuses a URL with a name and a password in it, and says both. */
function withoutCredentials(hook: string): { url: string; authorization: string | undefined } {
  const url = URL.canParse(hook) ? new URL(hook) : undefined;
  if (!url) throw new Error("the URL cannot be read");
  const { username, password } = url;
  url.username = "";
  url.password = "";
  if (username === "" && password === "") return { url: url.href, authorization: undefined };
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { url: url.href, authorization: `Basic ${Buffer.from(pair).toString("base64")}` };
}

/**
 * The hook with a companion in its group, which ends the group when the other end of its pipe is gone before the hook is:
 * a process that is killed has no other way to take along what it started. A byte sends the companion away.
 */
const accompanied = `(IFS= read -r _ <&3 || kill -KILL "-$$") 2>/dev/null & exec 3<&-; exec /bin/sh -c "$1"`;

async function execute(
  line: string,
  { body, timeoutMs, folder }: { readonly body: string; readonly timeoutMs: number; readonly folder: string },
): Promise<Ending> {
  // A group of its own, so that what the hook started ends with it.
  const child = spawn("/bin/sh", ["-c", accompanied, "sh", line], {
    cwd: folder,
    stdio: ["pipe", "ignore", "pipe", "pipe"],
    detached: true,
  }) as ChildProcessByStdio<Writable, null, Readable>;
  const companion = child.stdio[3] as Writable;
  companion.on("error", () => undefined);
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    said = (said + text).slice(-keptCharacters);
  });
  const closed = new Promise((resolve) => child.stderr.once("close", resolve));
  const deadline = AbortSignal.timeout(timeoutMs);
  const off = onAbort(deadline, () => {
    if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
  });
  // A hook that does not read its stdin is in its right.
  child.stdin.on("error", () => undefined);
  child.stdin.end(`${body}\n`);
  const [code, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", (...ended) => {
      resolve(ended);
    });
  }).finally(() => {
    off();
    companion.end("\n");
  });
  // What it left running may hold its stderr open for as long as it likes.
  if (child.stderr instanceof Socket) child.stderr.unref();
  if (code === 0) return { ok: true, message: "exit code 0" };
  const how = code === null ? `killed by ${String(signal)}` : `exit code ${String(code)}`;
  const ended = deadline.aborted ? `gave up after ${String(timeoutMs)} ms` : how;
  await Promise.race([closed, pause(lastWordsMs)]);
  return { ok: false, message: said.trim() === "" ? ended : `${ended}: ${said.trim()}` };
}

function timedOut(error: unknown): boolean {
  return error instanceof Error && error.name === "TimeoutError";
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
