import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";
import { HeavyFirst } from "./test/config/heavy-first.ts";
import { Slowest } from "./test/config/slowest.ts";
import { TooBusy } from "./test/config/too-busy.ts";
import { patience } from "./test/support/patience.ts";

const lab = ["test/lab/**/*.test.ts", "test/**/*.lab.test.ts"];
/** Faults that take long: `npm run faults`. */
const faults = ["test/lab/**/*.faults.test.ts"];

/** What counts the seconds of leases and rounds of a daemon. */
const timed = ["test/lab/{failover,vip}/**/*.test.ts", "test/lab/{daemon,leadership,vip-commands}.lab.test.ts"];

const shared = { setupFiles: ["test/config/setup.ts"], expect: { poll: patience } };
/** Most of what is looked at there is asked of a program, which each look starts. */
const onLabs = {
  ...shared,
  expect: { poll: { ...patience, interval: 100 } },
  testTimeout: 120_000,
  hookTimeout: 180_000,
};

// Rules of src/domain/safety.ts to leave out, to see that the tests notice: `PICTL_WITHOUT=deadline npx vitest …`.
const define = { PICTL_WITHOUT: JSON.stringify(process.env["PICTL_WITHOUT"] ?? "") };

export default defineConfig({
  test: {
    reporters: ["default", new Slowest(), new TooBusy()],
    slowTestThreshold: 3000,
    sequence: { sequencer: HeavyFirst },
    projects: [
      {
        define,
        test: {
          name: "unit",
          ...shared,
          include: ["test/**/*.test.ts"],
          exclude: lab,
          // Many wait, for a child or a server; in a whole run, labs are beside them.
          maxWorkers: availableParallelism() + 1,
          // A process for each file would cost more than the files.
          isolate: false,
          // Long enough for a machine that is busy with something else; a test that waits says so itself.
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        define,
        // Each file has a lab of its own, and its tests wait for most of their time.
        test: {
          name: "lab",
          include: lab,
          exclude: [...timed, ...faults],
          maxWorkers: 5,
          // A second of processor for each, to load what they all load.
          isolate: false,
          sequence: { groupOrder: 1 },
          ...onLabs,
        },
      },
      {
        define,
        test: {
          name: "lab-timed",
          include: timed,
          exclude: faults,
          maxWorkers: 4,
          sequence: { groupOrder: 2 },
          ...onLabs,
        },
      },
      {
        define,
        test: { name: "faults", include: faults, maxWorkers: 2, sequence: { groupOrder: 3 }, ...onLabs },
      },
    ],
    coverage: {
      provider: "v8",
      include: ["src/domain/**", "src/app/**"],
      reporter: ["text-summary"],
      // What the unit tests alone must reach (`npm run test:unit`); the lab suite covers what needs real nodes.
      thresholds: {
        "src/domain/**": { lines: 84, branches: 84 },
        "src/app/**": { lines: 62, branches: 57 },
      },
    },
  },
});
