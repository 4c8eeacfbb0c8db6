import { resolve } from "node:path";
import * as z from "zod/mini";
import { PictlError } from "../../domain/errors.ts";
import type { SavedPlan } from "../../domain/plan/saved.ts";
import { stepKinds } from "../../domain/plan/types.ts";
import { readText, whyUnread } from "../../files/read.ts";
import { replaceFile } from "../../files/replace.ts";
import { schemaOf } from "../../files/schema.ts";
import { whyUnwritten } from "../../files/unwritten.ts";

const step = z.object({
  id: z.string(),
  kind: z.enum(stepKinds),
  container: z.string(),
  node: z.string(),
  from: z.exactOptional(z.string()),
  renames: z.exactOptional(z.string()),
  follows: z.exactOptional(z.literal(true)),
  why: z.string(),
  data: z.array(z.string()),
  leavesData: z.exactOptional(z.literal(true)),
  after: z.array(z.string()),
  swap: z.nullable(z.enum(["start-first", "hand-off", "stop-first"])),
  basis: z.record(z.string(), z.string()),
});

const savedPlan = schemaOf<SavedPlan>(
  z.object({
    version: z.literal(1),
    cluster: z.string(),
    madeAt: z.string(),
    by: z.string(),
    removes: z.boolean(),
    newest: z.boolean(),
    copyVolumes: z.boolean(),
    steps: z.array(step),
  }),
);

/** Some hundred bytes a step. */
const maxBytes = 64 << 20;

/** Writes a plan, which only this user may read. Throws state-write-failed. */
export async function writePlan(file: string, plan: SavedPlan): Promise<void> {
  const path = resolve(file);
  try {
    await replaceFile(path, `${JSON.stringify(plan, null, 2)}\n`, { mode: 0o600, durable: false });
  } catch (error) {
    throw new PictlError("state-write-failed", `The plan cannot be written to ${path}: ${whyUnwritten(error)}.`, {
      hint: "Name a file in a folder that this user may write.",
      cause: error,
    });
  }
}

/** Reads a plan that `plan --out` has written. Throws usage for what is none. */
export async function readPlan(file: string): Promise<SavedPlan> {
  const path = resolve(file);
  try {
    return savedPlan(JSON.parse(await readText(path, { maxBytes, pipes: true })));
  } catch (error) {
    const noPlan = error instanceof SyntaxError || error instanceof TypeError;
    throw new PictlError(
      "usage",
      `${path} ${noPlan ? "is not a plan that this pictl has written" : whyUnread(error)}.`,
      {
        hint: "`pictl plan --out FILE` writes one.",
        cause: error,
      },
    );
  }
}
