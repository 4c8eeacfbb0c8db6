import { list, object, text } from "../docker/json.ts";
import type { ImageFiles } from "./stored.ts";

/** Archives of images as `docker image save` writes and `docker image load` reads them. */

/** What `manifest.json` says of the one image of an archive: names of files in it. */
export interface ArchivedImage {
  readonly config: string;
  /** The lowest first. */
  readonly layers: readonly string[];
  readonly tags: readonly string[];
}

/** Undefined where it is not the list of an archive with just one image. */
export function readArchiveManifest(json: unknown): ArchivedImage | undefined {
  const rows = list(json);
  const row = object(rows[0]);
  const config = text(row["Config"]);
  const layers = list(row["Layers"]).map(text);
  if (rows.length !== 1 || config === "" || layers.length === 0 || layers.includes("")) return undefined;
  return { config, layers, tags: list(row["RepoTags"]).map(text) };
}

/** What the `index.json` of an OCI layout calls its images: whole names, each once. Some say the tag alone, which is none. */
export function archivedNames(json: unknown): readonly string[] {
  const names = list(object(json)["manifests"]).flatMap((each) => {
    const said = object(object(each)["annotations"]);
    const [whole, short] = ["io.containerd.image.name", "org.opencontainers.image.ref.name"].map((key) =>
      text(said[key]),
    );
    return [whole, /[:/]/.test(short ?? "") ? short : ""].find((name) => name !== undefined && name !== "") ?? [];
  });
  return [...new Set(names)];
}

/** A file of an archive: one of the image's, or what lists them. */
export type ArchiveEntry =
  | { readonly name: string; readonly digest: string; readonly bytes: number }
  | { readonly name: string; readonly text: string };

/**
 * The files of an archive that gives an image this name. `there`: how many of its layers, from the lowest on, are left out,
 * since Docker has them. Docker's classic store looks for a layer before it reads its file; others want them all.
 */
export function archiveEntries(image: ImageFiles, name: string, there: number): readonly ArchiveEntry[] {
  const fileOf = (digest: string, ending: string): string => `${digest.slice(digest.indexOf(":") + 1)}${ending}`;
  const config = fileOf(image.config.digest, ".json");
  const sent = new Map(image.layers.slice(there).map((layer) => [layer.digest, layer]));
  const manifest = [
    { Config: config, RepoTags: [name], Layers: image.layers.map(({ digest }) => fileOf(digest, ".tar")) },
  ];
  return [
    { name: config, ...image.config },
    ...[...sent.values()].map(({ digest, bytes }) => ({ name: fileOf(digest, ".tar"), digest, bytes })),
    { name: "manifest.json", text: JSON.stringify(manifest) },
  ];
}
