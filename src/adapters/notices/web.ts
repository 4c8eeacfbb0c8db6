import type { WebNotice } from "../../domain/notices/format.ts";
import { whyNoAnswer } from "../../domain/no-answer.ts";

/** Of what a receiver answers, so much is told: it may say what it did not like. */
const keptCharacters = 200;

export async function postNotice(
  { url, headers, body }: WebNotice,
  timeoutMs: number,
): Promise<{ readonly ok: boolean; readonly reason: string }> {
  const { address, authorization } = withoutLogin(url);
  try {
    const response = await fetch(address, {
      method: "POST",
      headers: { ...(authorization === undefined ? {} : { authorization }), ...headers },
      body,
      // Most redirections make a GET of a POST, and the message would reach nobody.
      redirect: "manual",
      signal: AbortSignal.timeout(timeoutMs),
    });
    const said = response.ok ? "" : (await beginning(response)).replaceAll(/\s+/g, " ").trim();
    await response.body?.cancel().catch(() => undefined);
    return { ok: response.ok, reason: `HTTP ${String(response.status)}${said === "" ? "" : `: ${said}`}` };
  } catch (error) {
    return { ok: false, reason: whyNot(error, timeoutMs) };
  }
}

/** `fetch` refuses a URL with a login in it, and would say both. */
function withoutLogin(text: string): { readonly address: string; readonly authorization?: string } {
  const url = new URL(text);
  const { username, password } = url;
  [url.username, url.password] = ["", ""];
  if (username === "" && password === "") return { address: url.href };
  const login = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { address: url.href, authorization: `Basic ${Buffer.from(login).toString("base64")}` };
}

async function beginning(response: Response): Promise<string> {
  for await (const chunk of response.body ?? []) {
    return new TextDecoder().decode((chunk as Uint8Array).subarray(0, 4 * keptCharacters)).slice(0, keptCharacters);
  }
  return "";
}

function whyNot(error: unknown, timeoutMs: number): string {
  if (!(error instanceof Error)) return "it could not be sent";
  if (error.name === "TimeoutError") return `gave up after ${String(timeoutMs / 1000)} s`;
  // The message of `fetch` may have the URL in it, which is a secret.
  const cause = error.cause as NodeJS.ErrnoException | undefined;
  if (cause?.message === "bad port") return "its port belongs to another protocol, so that no web client uses it";
  return cause?.code === undefined ? "it could not be sent" : whyNoAnswer(cause.code);
}
