/**
 * The mode of an entry as it counts for the digest: a checkout of the same files is the same context under any umask, and
 * still every chmod makes another one. What the umask took is put back, and what the usual 022 takes is taken: only where
 * an entry differs from what its umask makes of it, it goes on differing. `umask`: `umaskOf` the Dockerfile's mode.
 */
export function digestMode(mode: number, umask: number): number {
  return mode ^ given(mode, umask) ^ given(mode, usualUmask);
}

/** The umask under which a file was made, as its mode shows; a file that nobody may run tells of reading what counts for that too. */
export function umaskOf(mode: number): number {
  const missing = base(mode) & ~mode & 0o077;
  return isExecutable(mode) ? missing : missing | ((missing & 0o044) >> 2);
}

export const usualUmask = 0o022;

function given(mode: number, umask: number): number {
  return base(mode) & ~umask;
}

/** What programs ask for when they make it. */
function base(mode: number): number {
  return isExecutable(mode) ? 0o777 : 0o666;
}

function isExecutable(mode: number): boolean {
  return (mode & 0o100) !== 0;
}
