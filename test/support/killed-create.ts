/**
 * A process of its own that replaces a container where it differs, and kills itself (SIGKILL) before the N-th command on a node.
 * Usage: CONFIG CONTAINER N. Exits 0 when the replacement ended before the N-th, and 1 when it failed.
 */
import { createContainers } from "../../src/app/create.ts";
import { dying } from "./dying.ts";
import { quietContext } from "./quiet-context.ts";

const [configPath = "", container = "", nth = ""] = process.argv.slice(2);
const context = await quietContext(configPath, "killed-create");
const { ports } = dying(context, { nth: Number(nth), when: "before" });
const { failures } = await createContainers(ports, {
  config: context.config,
  placements: context.config.placements.filter((each) => each.container === container),
  recreate: "differing",
  graceSeconds: 1,
  patienceMs: 20_000,
  waitMs: 20_000,
  dryRun: false,
});
await context.close();
for (const { message } of failures) process.stderr.write(`${message}\n`);
process.exit(failures.length > 0 ? 1 : 0);
