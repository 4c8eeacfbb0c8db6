#!/usr/bin/env node
// The installed `pictl`. It answers `--version` by itself, so that asking costs no more than starting node;
// everything else is in the bundle that `npm run build` makes.
import { existsSync, readFileSync, writeSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { setFlagsFromString } from "node:v8";

// Name lookups that hang take a thread each; with node's four, they would keep files from being read.
process.env.UV_THREADPOOL_SIZE ??= "16";

// V8 enlarges its nursery while there is memory. A daemon's garbage fits into the small one it begins with, which has to
// be said before anything fills it; with many nodes it does not (`src/daemon/nursery.ts`).
if (process.argv[2] === "daemon") setFlagsFromString("--semi-space-growth-factor=1");

const root = fileURLToPath(new URL("..", import.meta.url));
const pjson = JSON.parse(readFileSync(`${root}package.json`, "utf8"));
const words = process.argv.slice(2);
const [first] = words.filter((word) => !["--json", "--no-color", "--debug"].includes(word));

if (Number.parseInt(process.versions.node) < 20) {
  say(2, `pictl needs Node ${pjson.engines.node}; this is ${process.version}.`);
  process.exitCode = 2;
} else if (first === "--version" || first === "-v" || first === "version") {
  const { version } = pjson;
  const document = { ok: true, exitCode: 0, result: { version }, failures: [] };
  say(1, words.includes("--json") ? JSON.stringify(document, null, 2) : version);
} else if (!existsSync(`${root}dist/main.js`)) {
  say(2, "pictl is not built yet. Run `npm run build`, or use `node bin/dev.js` to run the sources.");
  process.exitCode = 2;
} else {
  const { main } = await import("../dist/main.js");
  await main({ root, pjson });
}

function say(stream, line) {
  try {
    writeSync(stream, `${line}\n`);
  } catch (error) {
    // Nobody reads it, or there is no room for it.
    process.exitCode = error.code === "EPIPE" ? 141 : 1;
    if (stream === 1 && error.code !== "EPIPE") say(2, `It could not be written to stdout: ${error.message}.`);
  }
}
