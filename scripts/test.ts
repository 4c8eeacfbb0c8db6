/**
 * `npm test`: all checks and tests, after a build. The labs whose tests count seconds wait for most of their time, which
 * the unit tests and the checks fill: these give way, so that a second stays one on a slow machine. Then come the labs that
 * need the processors, with the Dockerfile and Node 22 and 24 beside them. Last, and alone, comes again what had no
 * processor.
 */
import { runStages } from "./test/steps.ts";

// A Ctrl-C on the terminal goes to everybody: the labs are taken down, and the table tells how far it came.
process.on("SIGINT", () => undefined);

const isWhole = await runStages(
  [
    [
      { name: "lab-timed", command: "vitest run --project lab-timed", live: true },
      { name: "check", command: "nice -n 5 npm run -s check", live: false },
      { name: "unit", command: "nice -n 5 npm run -s test:unit", live: true },
    ],
    [
      { name: "lab", command: "vitest run --project lab", live: true },
      { name: "image", command: "nice scripts/image.sh", live: false },
      { name: "nodes", command: "nice scripts/nodes.sh test/adapters/ssh/output.test.ts", live: true },
    ],
  ],
  (files) => ({ name: "again", command: `vitest run --no-file-parallelism ${files.join(" ")}`, live: true }),
  (line) => process.stdout.write(`${line}\n`),
);
process.exitCode = isWhole ? 0 : 1;
