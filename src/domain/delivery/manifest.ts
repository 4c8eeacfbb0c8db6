import { list, number, object, text } from "../docker/json.ts";
import { isDigest } from "../registry/reference.ts";
import type { Blob, ImageFiles, Layer, Manifest } from "./stored.ts";

/** A file that another one names, as registries and archives do. */
export interface Descriptor extends Blob {
  readonly type: string;
  /** `amd64`, `arm/v7`; empty where it is not said. */
  readonly platform: string;
}

/** What a manifest says: the manifests of several platforms, or one image's files. */
export type ManifestContent =
  | { readonly kind: "list"; readonly manifests: readonly Descriptor[] }
  | { readonly kind: "image"; readonly config: Descriptor; readonly layers: readonly Descriptor[] };

export const ociManifestType = "application/vnd.oci.image.manifest.v1+json";
const ociConfigType = "application/vnd.oci.image.config.v1+json";
const ociLayerType = "application/vnd.oci.image.layer.v1.tar";

/** Undefined for what is no manifest, or one of the old kinds that nothing makes any more. */
export function readManifest(json: unknown): ManifestContent | undefined {
  const { config, layers, manifests } = object(json);
  if (Array.isArray(manifests)) return all("list", manifests.map(descriptor));
  const own = descriptor(config);
  const files = list(layers).map(descriptor);
  if (own === undefined || !Array.isArray(layers) || files.includes(undefined)) return undefined;
  return { kind: "image", config: own, layers: files as Descriptor[] };
}

function all(kind: "list", manifests: readonly (Descriptor | undefined)[]): ManifestContent | undefined {
  return manifests.includes(undefined) ? undefined : { kind, manifests: manifests as Descriptor[] };
}

function descriptor(value: unknown): Descriptor | undefined {
  const json = object(value);
  const digest = text(json["digest"]);
  if (!isDigest(digest)) return undefined;
  return {
    digest,
    bytes: number(json["size"]),
    type: text(json["mediaType"]),
    platform: platformOf(object(json["platform"])),
  };
}

/** What a manifest says it is; where it does not, it is one of OCI's. */
export function typeOf(json: unknown): string {
  const said = text(object(json)["mediaType"]);
  return said === "" ? ociManifestType : said;
}

/** What an image's config says of it. */
export interface ImageConfig {
  readonly platform: string;
  /** The lowest layer first. */
  readonly diffIds: readonly string[];
}

/** Undefined for what is no config of an image for Linux. */
export function readConfig(json: unknown): ImageConfig | undefined {
  const config = object(json);
  const diffIds = list(object(config["rootfs"])["diff_ids"]).map(text);
  if (text(config["os"]) !== "linux" || diffIds.length === 0 || !diffIds.every(isDigest)) return undefined;
  return { platform: platformOf(config), diffIds };
}

function platformOf(json: Readonly<Record<string, unknown>>): string {
  return [text(json["architecture"]), text(json["variant"])].filter((part) => part !== "").join("/");
}

/**
 * The files of an image that was pushed: what its root leads to. Of a list with several platforms the first whose files came;
 * what only tells how it was made (an attestation, of the platform `unknown`) is left out. Undefined when something is missing.
 */
export function filesOf(
  root: string,
  {
    manifest,
    config,
    size,
  }: {
    readonly manifest: (digest: string) => { readonly type: string; readonly json: unknown } | undefined;
    readonly config: (digest: string) => unknown;
    /** Of a file that is there. */
    readonly size: (digest: string) => number | undefined;
  },
): ImageFiles | undefined {
  const found = manifest(root);
  const content = found && readManifest(found.json);
  if (!found || !content) return undefined;
  const own: Manifest = { digest: root, type: found.type, bytes: size(root) ?? 0 };
  if (content.kind === "list") {
    for (const each of content.manifests) {
      const files = each.platform.startsWith("unknown") ? undefined : filesOf(each.digest, { manifest, config, size });
      if (files) return { ...files, root, manifests: [own, ...files.manifests] };
    }
    return undefined;
  }
  const said = readConfig(config(content.config.digest));
  if (said?.diffIds.length !== content.layers.length) return undefined;
  const layers = content.layers.map(({ digest }, index): Layer | undefined => {
    const bytes = size(digest);
    return bytes === undefined ? undefined : { digest, bytes, diffId: said.diffIds[index] ?? "" };
  });
  const bytes = size(content.config.digest);
  if (bytes === undefined || layers.includes(undefined)) return undefined;
  return {
    root,
    manifests: [own],
    config: { digest: content.config.digest, bytes },
    layers: layers as Layer[],
    platform: said.platform,
  };
}

/** The manifest of an image that came without one, as the text whose digest is its name. */
export function manifestOf(config: Blob, layers: readonly (Layer & { readonly compressed: boolean })[]): string {
  return JSON.stringify({
    schemaVersion: 2,
    mediaType: ociManifestType,
    config: { mediaType: ociConfigType, digest: config.digest, size: config.bytes },
    layers: layers.map(({ digest, bytes, compressed }) => ({
      mediaType: compressed ? `${ociLayerType}+gzip` : ociLayerType,
      digest,
      size: bytes,
    })),
  });
}
