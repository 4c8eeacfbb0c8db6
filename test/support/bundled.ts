import { build } from "esbuild";
import { rmSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";

/** A program as one file, below the root, where it finds its packages and templates: for many starts. */
export async function bundled(program: URL): Promise<string> {
  const file = `${basename(program.pathname, ".ts")}-${String(process.pid)}.mjs`;
  const outfile = fileURLToPath(new URL(`../../node_modules/.cache/pictl/${file}`, import.meta.url));
  const entryPoints = [fileURLToPath(program)];
  await build({
    entryPoints,
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    packages: "external",
  });
  onTestFinished(() => {
    rmSync(outfile);
  });
  return outfile;
}
