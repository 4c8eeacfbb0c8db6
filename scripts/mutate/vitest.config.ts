/** The unit tests on sources with all mutants in them (`switch.ts`), of which the runner switches on one after the other. */
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { patience } from "../../test/support/patience.ts";
import { switching } from "./switch.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

export default defineConfig({
  root,
  plugins: [switching(root)],
  define: { PICTL_WITHOUT: '""' },
  test: {
    runner: "scripts/mutate/runner.ts",
    setupFiles: ["scripts/mutate/active.ts"],
    include: [
      "test/{adapters,app,checks,daemon,files,operations,sim,view,watch}/**/*.test.ts",
      "test/domain/{leadership,vip}/**/*.test.ts",
    ],
    exclude: ["test/**/*.lab.test.ts", "test/adapters/elasticsearch/**"],
    isolate: false,
    // The last line of the ledger tells what hangs.
    maxWorkers: process.env["PICTL_MUTANTS"] === undefined ? availableParallelism() : 1,
    expect: { poll: patience },
    testTimeout: 60_000,
    hookTimeout: 20_000,
  },
});
