/** What a machine calls itself (`uname -m`, which is what `docker info` says), as GOARCH and, for arm, its version. */
function processor(machine: string): { readonly arch: string; readonly version: number } | undefined {
  if (/^(?:x86_64|amd64)$/.test(machine)) return { arch: "amd64", version: 0 };
  if (/^(?:i[3-6]86|386)$/.test(machine)) return { arch: "386", version: 0 };
  if (/^(?:aarch64|arm64|armv8.*)$/.test(machine)) return { arch: "arm64", version: 8 };
  const version = /^armv([5-7])/.exec(machine)?.[1];
  if (version !== undefined) return { arch: "arm", version: Number(version) };
  return /^(?:ppc64le|s390x|riscv64)$/.test(machine) ? { arch: machine, version: 0 } : undefined;
}

/** What a processor runs beside its own kind. */
const alsoRuns: Readonly<Record<string, string>> = { amd64: "386", arm64: "arm" };

/**
 * Whether a machine runs one of an image's platforms, named as Docker does without the system: `amd64`, `arm64/v8`,
 * `arm/v6`. A machine of an unknown kind is taken to: only what certainly does not fit is ruled out.
 */
export function runsOneOf(machine: string, platforms: readonly string[]): boolean {
  const own = processor(machine);
  if (own === undefined) return true;
  return platforms.some((platform) => {
    const [arch = "", variant = ""] = platform.split("/");
    if (arch !== own.arch && arch !== alsoRuns[own.arch]) return false;
    const version = Number(/^v(\d+)$/.exec(variant)?.[1] ?? 0);
    return arch !== "arm" || version <= own.version;
  });
}
