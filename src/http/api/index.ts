import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import type { ServerEnv } from "../env.ts";
import { limits } from "../limits.ts";
import { Refusal } from "../refusal.ts";

export interface ApiParts {
  /** Of pictl. */
  readonly version: string;
}

/**
 * The API, for `/api/v1`. The routes of `src/operations` are mounted here: one loop over the table, each behind
 * `requires(role)`.
 */
export function apiRoutes({ version }: ApiParts): Hono<ServerEnv> {
  const api = new Hono<ServerEnv>();
  api.use(
    bodyLimit({
      maxSize: limits.bodyBytes,
      onError: () => {
        throw new Refusal(413, "request-invalid", "The request has more than 1 MB.");
      },
    }),
  );
  api.get("/version", (context) => context.json({ version, api: 1 }));
  return api;
}
