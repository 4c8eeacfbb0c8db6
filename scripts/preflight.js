// Says in one sentence why `npm test` cannot run here, before a tool says it in twenty.
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const { dependencies, devDependencies } = JSON.parse(readFileSync(`${root}package.json`, "utf8"));
const missing = Object.keys({ ...dependencies, ...devDependencies }).filter(
  (name) => !existsSync(`${root}node_modules/${name}/package.json`),
);

if (Number.parseInt(process.versions.node) < 20) {
  console.error(`pictl is built and tested with Node 20.20 or newer; this is ${process.version}.`);
  process.exitCode = 2;
}
if (missing.length > 0) {
  console.error(`Not installed: ${missing.join(", ")}. Run \`npm ci\` first.`);
  process.exitCode = 2;
}
