import { createHash } from "node:crypto";
import { pack } from "tar-stream";

/**
 * What `docker image save` writes of an image of one layer with one file, as the real thing would load it, and the id that Docker's
 * classic store gives it.
 */
export async function imageArchive(
  tags: readonly string[],
  content: string | Buffer,
): Promise<{ readonly archive: Buffer; readonly id: string }> {
  const layer = await tar({ content });
  const config = JSON.stringify({
    architecture: process.arch === "x64" ? "amd64" : process.arch,
    os: "linux",
    config: { Cmd: ["/content"] },
    rootfs: { type: "layers", diff_ids: [sha256(layer)] },
  });
  const manifest = JSON.stringify([{ Config: "config.json", RepoTags: tags, Layers: ["layer.tar"] }]);
  const archive = await tar({ "layer.tar": layer, "config.json": config, "manifest.json": manifest });
  return { archive, id: sha256(config) };
}

/**
 * An OCI layout with an image for each platform, as `docker buildx build --platform … --output type=oci` writes it: a list in a
 * list, with an attestation in it. `broken`: the layers of this platform are not what they are called.
 */
export async function ociArchive(
  name: string,
  { platforms, broken }: { readonly platforms: readonly string[]; readonly broken?: string },
): Promise<Buffer> {
  const files: Record<string, string | Buffer> = {};
  const put = (content: string | Buffer, type: string): object => {
    const digest = sha256(content);
    files[`blobs/${digest.replace(":", "/")}`] = content;
    return { mediaType: `application/vnd.oci.image.${type}`, digest, size: content.length };
  };
  const manifests: object[] = [
    { ...put("{}", "manifest.v1+json"), platform: { architecture: "unknown", os: "unknown" } },
  ];
  for (const architecture of platforms) {
    const layer = await tar({ platform: architecture });
    const layers = [put(layer, "layer.v1.tar")];
    if (architecture === broken) files[`blobs/${sha256(layer).replace(":", "/")}`] = Buffer.alloc(layer.length, 1);
    const rootfs = { type: "layers", diff_ids: [sha256(layer)] };
    const config = put(JSON.stringify({ architecture, os: "linux", config: {}, rootfs }), "config.v1+json");
    const manifest = put(JSON.stringify({ schemaVersion: 2, config, layers }), "manifest.v1+json");
    manifests.push({ ...manifest, platform: { architecture, os: "linux" } });
  }
  const list = put(JSON.stringify({ schemaVersion: 2, manifests }), "index.v1+json");
  const annotations = { "io.containerd.image.name": name, "org.opencontainers.image.ref.name": "1" };
  files["index.json"] = JSON.stringify({ schemaVersion: 2, manifests: [{ ...list, annotations }] });
  return tar({ ...files, "oci-layout": '{"imageLayoutVersion":"1.0.0"}' });
}

async function tar(files: Readonly<Record<string, string | Buffer>>): Promise<Buffer> {
  const packing = pack();
  for (const [name, content] of Object.entries(files)) packing.entry({ name, mtime: new Date(0) }, content);
  packing.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of packing as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function sha256(content: string | Buffer): string {
  return `sha256:${createHash("sha256").update(content).digest("hex")}`;
}
