#!/usr/bin/env node
// The installed `pictl`. It answers `--version` by itself, so that asking costs no more than starting node;
// everything else is in the bundle that `npm run build` makes.
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const pjson = JSON.parse(readFileSync(`${root}package.json`, "utf8"));
const [first] = process.argv.slice(2);

if (Number.parseInt(process.versions.node) < 20) {
  process.stderr.write(`pictl needs Node ${pjson.engines.node}; this is ${process.version}.\n`);
  process.exitCode = 2;
} else if (first === "--version" || first === "-v" || first === "version") {
  process.stdout.write(`${pjson.version}\n`);
} else if (!existsSync(`${root}dist/main.js`)) {
  process.stderr.write("pictl is not built yet. Run `npm run build`, or use `node bin/dev.js` to run the sources.\n");
  process.exitCode = 2;
} else {
  const { main } = await import("../dist/main.js");
  await main({ root, pjson });
}
