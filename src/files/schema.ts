import * as z from "zod/mini";

/**
 * What a state file holds, made of its JSON; throws a TypeError when that is something else. What another version of
 * pictl has written must pass: a field that is new has a default here, and one that is unknown is left out.
 */
export type Schema<T> = (value: unknown) => T;

/** Throws a TypeError for what has another shape. */
export function schemaOf<T>(shape: z.ZodMiniType<T>): Schema<T> {
  return (value) => {
    const result = z.safeParse(shape, value);
    if (result.success) return result.data;
    throw new TypeError(result.error.issues[0]?.message ?? "another shape", { cause: result.error });
  };
}
