import { PictlError } from "../errors.ts";

/** A colon ends the user's name in HTTP's Basic scheme. `name`: what it was given as. Throws usage. */
export function checkUsername(username: string, name: string): void {
  if (/^[^:\p{Cc}]{1,255}$/u.test(username)) return;
  throw new PictlError(
    "usage",
    `${name} is no user's name: it is empty, too long, or holds a colon or control characters.`,
  );
}
