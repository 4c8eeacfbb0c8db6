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
