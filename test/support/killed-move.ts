/**
 * A process of its own that moves a container and kills itself (SIGKILL) at the N-th thing that has an effect outside:
 * a command on a node, a line of the journal, the write of the config. Usage: CONFIG CONTAINER NODE N before|after.
 * Exits 0 when the move ended before the N-th.
 */
import { moveContainer } from "../../src/app/move/index.ts";
import { dying } from "./dying.ts";
import { quietContext } from "./quiet-context.ts";

const [configPath = "", container = "", node = "", nth = "", when = ""] = process.argv.slice(2);
const context = await quietContext(configPath, "killed-move");
const { ports, store } = dying(context, { nth: Number(nth), when });
await moveContainer(ports, {
  config: context.config,
  store,
  name: container,
  to: node,
  force: false,
  overlap: false,
  copyVolumes: false,
  mayLeaveData: () => Promise.resolve(true),
  patienceMs: 10_000,
  graceSeconds: 1,
  waitMs: 0,
  dryRun: false,
});
await context.close();
process.exit(0);
