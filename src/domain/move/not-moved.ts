import { hintedFurther, PictlError, toFailure } from "../errors.ts";
import type { MovePlan } from "./plan.ts";

/**
 * The failure of a move, which tells where the container is now. `isBack`: the old copy is as it was; its node may have fallen silent since it was stopped. `notUndone`: why undoing
 * failed, which must not hide why the move did.
 */
export function notMoved(
  { container, from, to }: MovePlan,
  error: unknown,
  { isBack = true, notUndone }: { readonly isBack?: boolean; readonly notUndone?: unknown } = {},
): PictlError {
  const silent = notUndone === undefined;
  const fate = isBack
    ? `it is on ${from} as before`
    : `and may be stopped on ${from}${silent ? ", which does not answer" : ""}`;
  const how = `${container} was not moved to ${to}, ${fate}.`;
  const known = toFailure(error);
  const next = `${silent ? `When ${from} answers again` : "When that is put right"}, \`pictl start ${container}\` brings it back.`;
  const { code, message: why, hint } = isBack ? known : hintedFurther(known, next);
  const message = silent ? why : `${why} Undoing failed, too: ${toFailure(notUndone).message}`;
  const details = { container, node: to, hint, cause: error };
  if (code === "interrupted") return new PictlError(code, `${message} ${how}`, details);
  return new PictlError("move-failed", `${how} ${message}`, details);
}
