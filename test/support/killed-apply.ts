/**
 * A process of its own that applies a config and kills itself (SIGKILL) at the N-th thing that has an effect outside. Usage:
 * CONFIG N before|after. Exits 0 when all was done before the N-th.
 */
import { applyConfig } from "../../src/app/plan/apply.ts";
import { dying } from "./dying.ts";
import { quietContext } from "./quiet-context.ts";

const [configPath = "", nth = "", when = ""] = process.argv.slice(2);
const context = await quietContext(configPath, "killed-apply");
const { ports, store } = dying(context, { nth: Number(nth), when });
await applyConfig(ports, {
  config: context.config,
  store,
  removes: true,
  newest: false,
  copyVolumes: true,
  confirm: () => Promise.resolve(true),
  graceSeconds: 1,
  waitMs: 5_000,
  dryRun: false,
});
await context.close();
process.exit(0);
