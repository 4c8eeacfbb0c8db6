// The release build: one bundle per command, what they share in chunks, then the manifest, which must be last because
// it describes the bundles. Types are checked by `npm run check`, not here.
import * as esbuild from "esbuild";
import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { loadManifest } from "./manifest.ts";
import { manPage } from "./man-page.ts";
import { bundleWeb } from "./web.ts";

const root = fileURLToPath(new URL("..", import.meta.url));

/**
 * CommonJS packages expect these names, which an ES module does not have. They stand only in chunks with such a package: a
 * command loads a hundred chunks, and each would make them anew.
 */
const commonJsNames = `
import { createRequire as __createRequire } from "node:module";
import { dirname as __pathDirname } from "node:path";
import { fileURLToPath as __fileURLToPath } from "node:url";
const require = __createRequire(import.meta.url);
const __filename = __fileURLToPath(import.meta.url);
const __dirname = __pathDirname(__filename);
`.trimStart();

/**
 * What oclif loads at every start for things a release never does, and which costs a tenth of that start: asking whether
 * this is WSL, looking for oclif plugins, for commands without a manifest, and for a tsconfig.json. Of ssh2, a quarter: files over
 * SSH, a server, new keys, HTTP by SSH.
 */
const leaveOut: esbuild.Plugin = {
  name: "leave-out",
  setup(build) {
    build.onResolve({ filter: /^(wsl-utils|minimatch|tinyglobby|lilconfig)$/ }, ({ path, importer }) =>
      importer.includes("/@oclif/core/") ? { path, namespace: "left-out" } : undefined,
    );
    build.onResolve({ filter: /\/(SFTP|server|keygen|http-agents)\.js$/ }, ({ path, importer }) =>
      importer.includes("/ssh2/lib/") ? { path, namespace: "left-out" } : undefined,
    );
    build.onLoad({ filter: /.*/, namespace: "left-out" }, () => ({ contents: "module.exports = {};" }));
  },
};

/** ssh2 looks for its compiled encryption beside itself, and does without where it was not compiled. */
const besideSsh2: esbuild.Plugin = {
  name: "beside-ssh2",
  setup(build) {
    build.onResolve({ filter: /\/sshcrypto\.node$/ }, ({ path }) => ({
      path: `ssh2/lib/protocol/${path}`,
      external: true,
    }));
  },
};

// esbuild has said by then what is wrong and where.
const files = await Promise.all([bundle(), bundleWeb(root)])
  .then((all) => all.flat())
  .catch(() => process.exit(1));
await rm(`${root}dist`, { recursive: true, force: true });
for (const { path, contents } of files) {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, contents);
}
await writeManifest();

/** Nothing is written yet, so that a mistake in the sources leaves the last build as it is. */
async function bundle(): Promise<readonly { readonly path: string; readonly contents: Uint8Array }[]> {
  const commands = (await readdir(`${root}commands`, { recursive: true })).filter((file) => file.endsWith(".ts"));
  const { outputFiles } = await esbuild.build({
    write: false,
    absWorkingDir: root,
    entryPoints: [
      { in: "bin/main.ts", out: "main" },
      { in: "src/cli/help.ts", out: "help" },
      ...commands.map((file) => ({ in: `commands/${file}`, out: `commands/${file.slice(0, -".ts".length)}` })),
    ],
    outdir: "dist",
    chunkNames: "chunks/[name]-[hash]",
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node20",
    // Names stay, for the stack traces of `--debug`.
    minifySyntax: true,
    minifyWhitespace: true,
    // blessed finds its terminal descriptions by its own path; cpu-features is an optional part of ssh2.
    external: ["blessed", "typescript", "@elastic/elasticsearch", "cpu-features"],
    define: {
      // oclif compares Node's version with package.json by loading semver; bin/run.js has done so by then.
      "process.env.OCLIF_DISABLE_ENGINE_WARNING": '"1"',
      "process.env.NODE_ENV": '"production"',
      // Rules of src/domain/safety.ts that a test build leaves out, to see that the tests notice.
      PICTL_WITHOUT: JSON.stringify(process.env["PICTL_WITHOUT"] ?? ""),
    },
    plugins: [leaveOut, besideSsh2],
    logLevel: "warning",
  });
  return outputFiles.map(({ path, text, contents }) => ({
    path,
    contents: /\b(?:require|__filename|__dirname)\b/.test(text)
      ? new TextEncoder().encode(commonJsNames + text)
      : contents,
  }));
}

async function writeManifest(): Promise<void> {
  const manifest = await loadManifest(root);
  await writeFile(`${root}oclif.manifest.json`, JSON.stringify(manifest));
  await writeFile(`${root}dist/pictl.1`, manPage(manifest));
}
