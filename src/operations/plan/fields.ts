import * as z from "zod/mini";
import type { PlannedStep } from "../../domain/plan/saved.ts";
import * as field from "../fields.ts";

/** What a plan is made by. */
export const planFields = {
  noRemove: field.flag("Remove nothing: what the layout does not have stays."),
  newest: field.flag(
    "This config is the newest one: also move or remove copies that this machine has not seen it place, which may be newer.",
  ),
  copyVolumes: field.flag("Copy the volumes and folders of what moves, while it is stopped."),
};

const name = () => z.string().check(z.maxLength(300));

/** A step as GET /plan has answered it, of which the rest is for people. */
const step: z.core.$ZodType<PlannedStep> = z.object({
  id: z.string().check(z.maxLength(1000)),
  container: name(),
  node: name(),
  from: z.exactOptional(name()),
  renames: z.exactOptional(name()),
  basis: z.record(z.string(), z.string()),
});

/** A plan that was looked at, given back. */
export const shownSteps = field.rows(
  "The steps of GET /plan, as they were shown: just these are done, and nothing at all when something is different by " +
    "now (plan-stale). With the same `noRemove`, `newest` and `copyVolumes`, and without `container` and `all`.",
  step,
  "the steps that GET /plan has answered",
);
