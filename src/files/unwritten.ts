/** Why nothing was written, as the end of a sentence, without its full stop: `… cannot be written: the disk is full`. */
export function whyUnwritten(error: unknown): string {
  const { code = "", message, syscall } = error as NodeJS.ErrnoException;
  // Node says so of a folder that it cannot make, for whatever reason, with those above it.
  if (code === "ENOENT" && syscall === "mkdir") return "its folder cannot be made; its file system may be read-only";
  return reasons[code] ?? message;
}

const reasons: Readonly<Record<string, string>> = {
  ENOSPC: "the disk is full",
  EDQUOT: "this user's disk quota is used up",
  EROFS: "its file system is mounted read-only",
  EACCES: "this user may not write there",
  EPERM: "this user may not write there",
  ENOENT: "its folder does not exist",
  ENOTDIR: "a part of its path is a file, and no folder",
  EISDIR: "there is a folder of that name",
  EEXIST: "a part of its path is a file, and no folder",
};
