/** A test that fails on a machine with no processor to spare says so ahead of what it says else. */
import { setMaxListeners } from "node:events";
import { beforeEach, onTestFailed } from "vitest";
import { watchMachine } from "../support/starved.ts";

beforeEach(({ signal }) => {
  // Each clean-up that a test registers listens to it.
  setMaxListeners(0, signal);
  const tooBusy = watchMachine();
  onTestFailed(({ task }) => {
    const why = tooBusy();
    if (why !== undefined) for (const error of task.result?.errors ?? []) error.message = `${why}\n${error.message}`;
  });
});
