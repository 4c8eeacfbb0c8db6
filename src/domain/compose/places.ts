import { PictlError } from "../errors.ts";

/** `SERVICE=NODE,NODE` of the command line, by service. Throws usage. */
export function parsePlaces(texts: readonly string[]): ReadonlyMap<string, readonly string[]> {
  return new Map(
    texts.map((text) => {
      const [, service = "", nodes = ""] = /^([^=]+)=(.+)$/.exec(text) ?? [];
      const names = nodes
        .split(",")
        .map((node) => node.trim())
        .filter(Boolean);
      if (service === "" || names.length === 0) {
        throw new PictlError("usage", `--place ${JSON.stringify(text)} cannot be read.`, {
          hint: "Expected is SERVICE=NODE or SERVICE=NODE,NODE.",
        });
      }
      return [service.trim(), [...new Set(names)]] as const;
    }),
  );
}
