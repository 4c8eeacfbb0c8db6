import type { CheckKind } from "../kind.ts";

/** The container's own HEALTHCHECK says healthy; without one, running is enough. */
export const docker: CheckKind<object> = {
  async run(_options, { container }, tools) {
    const engine = await tools.engine();
    const facts = (await engine.containers()).find((each) => each.name === container);
    if (!facts) throw new Error("no such container");
    if (facts.state !== "running") throw new Error(facts.state);
    if (facts.health === "unhealthy" || facts.health === "starting") throw new Error(facts.health);
    return facts.health ?? "running";
  },
};
