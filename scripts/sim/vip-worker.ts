/** One process of `npm run sim:vip`. */
import { runSchedule } from "../../test/sim/vip/schedule.ts";
import { work } from "./many.ts";

await work(async (seed) => {
  const { broken, held, givers } = await runSchedule(seed);
  const violation = broken ?? (held ? undefined : "in the end no node has the address");
  return { violation, counts: { takeovers: givers > 1 ? 1 : 0 } };
});
