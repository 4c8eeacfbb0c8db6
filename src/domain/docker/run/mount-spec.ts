/** What a container gets mounted. `source` is missing for an anonymous volume and a tmpfs. */
export interface MountSpec {
  /** `bind`, `volume`, `tmpfs`, or what `--mount type=` names else. */
  readonly type: string;
  readonly source: string | undefined;
  readonly target: string;
  readonly readOnly: boolean;
}

/** Reads `-v [SOURCE:]TARGET[:OPTIONS]`; a source with a slash at its beginning, `.` or `~` is a folder of the node. */
export function parseVolume(text: string, type?: "tmpfs"): MountSpec {
  const [first = "", second, options = ""] = text.split(":");
  if (type === "tmpfs") return { type, source: undefined, target: first, readOnly: flags(second ?? "").includes("ro") };
  if (second === undefined) return { type: "volume", source: undefined, target: first, readOnly: false };
  return {
    type: /^[/.~]/.test(first) ? "bind" : "volume",
    source: first,
    target: second,
    readOnly: flags(options).includes("ro"),
  };
}

/** Reads `--mount type=bind,source=/data,target=/data,readonly` (CSV, as the docker client does), or says what is wrong. */
export function parseMount(text: string): MountSpec | string {
  const fields = new Map<string, string>();
  for (const field of csvFields(text)) {
    const equals = field.indexOf("=");
    const key = (equals === -1 ? field : field.slice(0, equals)).trim().toLowerCase();
    fields.set(key, equals === -1 ? "true" : field.slice(equals + 1));
  }
  const get = (...keys: string[]) => keys.map((key) => fields.get(key)).find((value) => value !== undefined);
  const target = get("target", "dst", "destination");
  if (target === undefined || target === "") return "it names no target";
  return {
    type: get("type")?.toLowerCase() ?? "volume",
    source: get("source", "src"),
    target,
    readOnly: /^(?:1|t|true)$/i.test(get("readonly", "ro") ?? ""),
  };
}

/** As Docker says where something is mounted, however it was written. */
export function mountPoint(target: string): string {
  return target.replace(/\/{2,}/g, "/").replace(/(?<=.)\/$/, "");
}

/** Fields of one CSV line (RFC 4180): a field in double quotes may hold commas, `""` in it is one quote. */
function csvFields(text: string): string[] {
  return [...text.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(
    ([, quoted, bare]) => quoted?.replaceAll('""', '"') ?? bare ?? "",
  );
}

function flags(options: string): string[] {
  return options.split(",");
}
