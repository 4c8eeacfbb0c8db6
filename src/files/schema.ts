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

/** An object of these fields: the compiler wants each one that the type has, so that none is lost on its way through a file. */
export function fields<T extends object>(shape: {
  readonly [K in keyof T]-?: z.ZodMiniType<object extends Pick<T, K> ? T[K] | undefined : T[K]>;
}): z.ZodMiniType<T> {
  return z.object(shape) as unknown as z.ZodMiniType<T>;
}
