import { type Context, openContext } from "../../src/context.ts";

const step = { update: () => undefined, done: () => undefined, fail: () => undefined };

/** The real context in a process of a test's own, which shows nothing. */
export function quietContext(configPath: string, cause: string): Promise<Context> {
  return openContext({
    configPath,
    concurrency: 8,
    signal: new AbortController().signal,
    progress: { step: () => step, look: () => step, warn: () => undefined },
    cause,
  });
}
