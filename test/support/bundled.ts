import { build } from "esbuild";
import { rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";

/** A program of `test/support` as one file, below the root, where it finds its packages and templates: for many starts. */
export async function bundled(name: string): Promise<string> {
  const file = `${name}-${String(process.pid)}.mjs`;
  const outfile = fileURLToPath(new URL(`../../node_modules/.cache/pictl/${file}`, import.meta.url));
  const entryPoints = [fileURLToPath(new URL(`./${name}.ts`, import.meta.url))];
  await build({ entryPoints, outfile, bundle: true, platform: "node", format: "esm", packages: "external" });
  onTestFinished(() => {
    rmSync(outfile);
  });
  return outfile;
}
