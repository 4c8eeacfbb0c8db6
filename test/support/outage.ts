/** A client that asks a server twenty times a second, and tells how long nothing answered. */
import { get } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

const everyMs = 50;

export interface Outage {
  /** Milliseconds between the last good answer before each failure and the first one after it, in sum. */
  readonly lostMs: number;
  /** What was answered, each once, in order. */
  readonly answers: readonly string[];
}

/** Begins to ask; `end` resolves to what was seen until then. */
export function watchOutage(url: string): { end(): Promise<Outage> } {
  const startedAt = performance.now();
  const seen: { at: number; answer: string | undefined }[] = [];
  const asked: Promise<void>[] = [];
  const timer = setInterval(() => {
    const at = performance.now() - startedAt;
    asked.push(ask(url).then((answer) => void seen.push({ at, answer })));
  }, everyMs);
  return {
    async end() {
      await sleep(2 * everyMs);
      clearInterval(timer);
      await Promise.all(asked);
      seen.sort((a, b) => a.at - b.at);
      return { lostMs: lostIn(seen), answers: [...new Set(seen.flatMap(({ answer }) => answer ?? []))] };
    },
  };
}

/** Milliseconds between the last answer before each failure and the first one after it, in sum. `at`: when it was asked. */
export function lostIn(seen: readonly { at: number; answer: string | undefined }[]): number {
  let [sum, goodAt, fails] = [0, 0, false];
  for (const { at, answer } of seen) {
    if (answer === undefined) {
      fails = true;
      continue;
    }
    if (fails) sum += at - goodAt;
    [goodAt, fails] = [at, false];
  }
  return Math.round(sum + (fails ? (seen.at(-1)?.at ?? 0) - goodAt : 0));
}

function ask(url: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const request = get(url, { agent: false, timeout: 1000 }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => (text += chunk));
      response.on("end", () => {
        resolve(response.statusCode === 200 ? text.trim() : undefined);
      });
      response.on("error", () => {
        resolve(undefined);
      });
    });
    request.on("timeout", () => request.destroy(new Error("no answer")));
    request.on("error", () => {
      resolve(undefined);
    });
  });
}
