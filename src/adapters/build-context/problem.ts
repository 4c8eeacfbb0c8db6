import { PictlError } from "../../domain/errors.ts";

/** A build-context-invalid error about one path of a folder; `what` goes on from the path: "is a fifo …". */
export function contextProblem(
  place: { folder: string; path?: string },
  what: string,
  hint: string,
  cause?: unknown,
): PictlError {
  const path = place.path === undefined ? "" : `${JSON.stringify(place.path)} `;
  return new PictlError("build-context-invalid", `Build folder ${place.folder}: ${path}${what}.`, { hint, cause });
}

/** What the operating system said, in words. */
export function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return (code !== undefined && reasons[code]) || message;
}

const reasons: Partial<Record<string, string>> = {
  EACCES: "permission denied",
  EPERM: "permission denied",
  EIO: "input/output error",
  EMFILE: "too many open files",
};
