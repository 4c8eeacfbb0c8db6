/**
 * How long a test waits for what is to happen, where how long it takes is not its matter: on a busy machine a second is
 * nothing. `expect.poll` waits as long by itself (`vitest.config.ts`); `vi.waitFor` and `vi.waitUntil` are told.
 */
export const patience = { timeout: 20_000 };
