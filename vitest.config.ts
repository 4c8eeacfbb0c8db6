import { defineConfig } from "vitest/config";

const lab = ["test/lab/**/*.test.ts", "test/**/*.lab.test.ts"];
/** Faults that take long: `npm run faults`. */
const faults = ["test/lab/**/*.faults.test.ts"];

// Each file has a lab of its own, and its tests wait for most of their time: two at once leave the processors room.
const onLabs = { maxWorkers: 2, testTimeout: 120_000, hookTimeout: 180_000 };

// Rules of src/domain/safety.ts to leave out, to see that the tests notice: `PICTL_WITHOUT=deadline npx vitest …`.
const define = { PICTL_WITHOUT: JSON.stringify(process.env["PICTL_WITHOUT"] ?? "") };

export default defineConfig({
  test: {
    projects: [
      {
        define,
        test: {
          name: "unit",
          include: ["test/**/*.test.ts"],
          exclude: lab,
          // Long enough for a machine that is busy with something else; a test that waits says so itself.
          testTimeout: 30_000,
        },
      },
      {
        define,
        test: { name: "lab", include: lab, exclude: faults, ...onLabs },
      },
      {
        define,
        test: { name: "faults", include: faults, ...onLabs },
      },
    ],
    coverage: {
      provider: "v8",
      include: ["src/domain/**", "src/app/**"],
      reporter: ["text-summary"],
      // What the unit tests alone must reach (`npm run test:unit`); the lab suite covers what needs real nodes.
      thresholds: {
        "src/domain/**": { lines: 40 },
        "src/app/**": { lines: 35 },
      },
    },
  },
});
