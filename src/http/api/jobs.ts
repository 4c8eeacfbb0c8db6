import { Hono, type MiddlewareHandler } from "hono";
import type { Role } from "../../domain/access/role.ts";
import type { Jobs } from "../../operations/jobs/index.ts";
import { answer } from "../answer.ts";
import type { ServerEnv } from "../env.ts";
import { RequestRefused } from "../refusal.ts";

/** `/jobs`: what runs, what came of it, and how to stop it. */
export function jobRoutes(jobs: Jobs, requires: (role: Role) => MiddlewareHandler<ServerEnv>): Hono<ServerEnv> {
  const routes = new Hono<ServerEnv>();
  routes.get("/", requires("viewer"), () => answer({ result: { jobs: jobs.list() }, failures: [] }));
  routes.get("/:id", requires("viewer"), (context) => {
    const job = jobs.get(context.req.param("id"));
    if (!job) throw unknown();
    return answer({ result: { jobs: [job] }, failures: [] });
  });
  routes.delete("/:id", requires("operator"), (context) => {
    const id = context.req.param("id");
    const found = jobs.get(id);
    if (!found) throw unknown();
    // One that is over stays as it is; asking twice is as good as once.
    jobs.cancel(id, context.get("identity")?.name ?? "somebody");
    return answer({ result: { jobs: [jobs.get(id) ?? found] }, failures: [] });
  });
  return routes;
}

function unknown(): RequestRefused {
  return new RequestRefused(404, "no-such-route", "There is no job of that id, or it is forgotten.", {
    hint: "GET /jobs lists those of the last day; the event log has what each did.",
  });
}
