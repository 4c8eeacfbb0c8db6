import { object, text } from "../json.ts";

/** The newest API version whose answers this code was written for (Docker 28). */
const ours = "1.51";

/**
 * The API version to speak, from what an engine says of the ones it knows: the newest that both sides know. One that has
 * dropped everything up to ours, and says so, gets its own oldest, whose answers are the nearest to the ones we know.
 * undefined when it is no engine's answer.
 */
export function negotiateApiVersion(said: unknown): string | undefined {
  const json = object(said);
  const newest = text(json["ApiVersion"]);
  const oldest = text(json["MinAPIVersion"]);
  if (!isVersion(newest)) return undefined;
  if (isVersion(oldest) && compare(ours, oldest) < 0) return oldest;
  return compare(ours, newest) < 0 ? ours : newest;
}

function isVersion(version: string): boolean {
  return /^\d{1,3}\.\d{1,4}$/.test(version);
}

function compare(a: string, b: string): number {
  const [majorA = 0, minorA = 0] = a.split(".").map(Number);
  const [majorB = 0, minorB = 0] = b.split(".").map(Number);
  return majorA - majorB || minorA - minorB;
}
