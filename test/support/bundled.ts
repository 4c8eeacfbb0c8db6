import { build } from "esbuild";
import { rmSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";

/**
 * A program as plain JavaScript, below the root, where it finds its packages and templates: for many starts. In pieces, so
 * that it loads what it uses, and a package when it is used.
 */
export async function bundled(program: URL): Promise<string> {
  const name = basename(program.pathname, ".ts");
  const outdir = fileURLToPath(
    new URL(`../../node_modules/.cache/pictl/${name}-${String(process.pid)}`, import.meta.url),
  );
  await build({
    entryPoints: [fileURLToPath(program)],
    outdir,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    splitting: true,
    platform: "node",
    format: "esm",
    target: "node20",
    packages: "external",
  });
  onTestFinished(() => {
    rmSync(outdir, { recursive: true });
  });
  return join(outdir, `${name}.mjs`);
}
