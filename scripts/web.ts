import * as esbuild from "esbuild";
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { webOperations } from "./web-operations.ts";

interface BuiltFile {
  readonly path: string;
  readonly contents: Uint8Array;
}

/** The styles of a package are a text of the chunk that needs them. */
const stylesAsText: esbuild.Plugin = {
  name: "styles-as-text",
  setup(build) {
    build.onResolve({ filter: /^[^.].*\.css$/ }, async ({ path, kind, resolveDir, pluginData }) => {
      if (kind === "import-rule" || pluginData === "asked") return undefined;
      const found = await build.resolve(path, { kind: "import-statement", resolveDir, pluginData: "asked" });
      return { path: found.path, namespace: "text" };
    });
    build.onLoad({ filter: /.*/, namespace: "text" }, async ({ path }) => ({
      contents: await readFile(path, "utf8"),
      loader: "text",
    }));
  },
};

/**
 * The web console for `dist/web`: scripts and styles with a digest in their names, so that browsers keep them for ever, and
 * the page that names them. Everything that a browser loads is in there.
 */
export async function bundleWeb(root: string): Promise<readonly BuiltFile[]> {
  const { outputFiles } = await esbuild.build({
    write: false,
    absWorkingDir: root,
    entryPoints: [{ in: "src/web/main.tsx", out: "main" }],
    outdir: "dist/web",
    entryNames: "[name]-[hash]",
    chunkNames: "[name]-[hash]",
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    jsx: "automatic",
    jsxImportSource: "preact",
    minify: true,
    define: { "process.env.NODE_ENV": '"production"', OPERATIONS: JSON.stringify(webOperations) },
    // Of packages whose styles belong to a chunk: src/web/parts/charts/sheet.ts puts them into the page.
    plugins: [stylesAsText],
    logLevel: "warning",
  });
  const named = (extension: string): string =>
    basename(outputFiles.find(({ path }) => new RegExp(`main-\\w+\\.${extension}$`).test(path))?.path ?? "");
  const page = (await readFile(`${root}src/web/index.html`, "utf8"))
    .replace("@STYLE@", named("css"))
    .replace("@SCRIPT@", named("js"));
  return [
    ...outputFiles,
    { path: `${root}dist/web/index.html`, contents: new TextEncoder().encode(page) },
    { path: `${root}dist/web/icon.svg`, contents: await readFile(`${root}src/web/icon.svg`) },
  ];
}
