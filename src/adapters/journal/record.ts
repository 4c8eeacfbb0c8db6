import * as z from "zod/mini";
import type { MoveRecord } from "../../domain/move/journal.ts";
import { type Schema, schemaOf } from "../../files/schema.ts";

export const moveRecord: Schema<MoveRecord> = schemaOf(
  z.object({
    container: z.string(),
    from: z.string(),
    to: z.string(),
    generation: z.number(),
    step: z.enum(["begun", "switching", "written", "undone"]),
    wasRunning: z.boolean(),
    replaces: z.exactOptional(z.boolean()),
    orderedAt: z.exactOptional(z.number()),
    lookedAt: z.exactOptional(z.number()),
    copied: z.exactOptional(z.array(z.object({ path: z.string(), isFile: z.boolean() }))),
    origin: z.exactOptional(z.literal("apply")),
    startedAt: z.string(),
    who: z.string(),
  }),
);
