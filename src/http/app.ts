import { Hono } from "hono";
import { answerError } from "./answer.ts";
import { type ApiParts, apiRoutes } from "./api/index.ts";
import type { ServerEnv } from "./env.ts";
import { type Doors, identifyClient } from "./guard/client.ts";
import { securityHeaders } from "./guard/headers.ts";
import type { Metrics } from "./metrics.ts";
import { RequestRefused } from "./refusal.ts";
import type { StaticFiles } from "./static.ts";

export interface AppParts extends ApiParts {
  readonly doors: Doors;
  readonly files: StaticFiles;
  readonly metrics: Metrics;
  /** Told of what is a bug of ours. */
  readonly onBug: (error: Error) => void;
}

/** Everything that is asked over HTTP, in the order in which it is looked at. */
export function serverApp(parts: AppParts): Hono<ServerEnv> {
  const app = new Hono<ServerEnv>();
  app.onError((error) => answerError(error, parts.onBug));
  app.notFound(() =>
    answerError(new RequestRefused(404, "no-such-route", "There is nothing at this address."), parts.onBug),
  );
  app.use(async (context, next) => {
    context.set("client", identifyClient(context.env.incoming, parts.doors));
    await next();
  });
  app.use(async (context, next) => {
    await next();
    // The page has said more of itself.
    if (context.res.headers.has("content-security-policy")) return;
    for (const [name, value] of Object.entries(securityHeaders())) context.res.headers.set(name, value);
  });
  app.get("/metrics", async (context) => {
    const client = context.get("client");
    const identity = await parts.gate.identify(context.env.incoming, client);
    await parts.gate.require(identity, "viewer", client, "GET /metrics");
    return new Response(await parts.metrics.text(Date.now()), {
      headers: { "content-type": "text/plain; version=0.0.4; charset=utf-8", "cache-control": "no-store" },
    });
  });
  app.get("/healthz", (context) => context.json({ ok: true }));
  app.route("/api/v1", apiRoutes(parts));
  app.get("*", async (context, next) => {
    const acceptsGzip = /\bgzip\b/.test(context.req.header("accept-encoding") ?? "");
    const file = parts.files.answer(context.req.path, acceptsGzip);
    if (file) return file;
    return next();
  });
  return app;
}
