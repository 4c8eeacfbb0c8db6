#!/usr/bin/env node
// `pictl` from the TypeScript sources, without a build.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { register } from "tsx/esm/api";

register();
const root = fileURLToPath(new URL("..", import.meta.url));
const pjson = JSON.parse(readFileSync(`${root}package.json`, "utf8"));
pjson.oclif.commands = "./commands";
pjson.oclif.helpClass.target = "./src/cli/help.ts";

const { Plugin } = await import("@oclif/core");
const { main } = await import("./main.ts");
// A manifest left by a build describes dist and would hide what has changed since. A command that does not load yet is
// warned about and left out.
const plugin = new Plugin({ root, pjson, isRoot: true, ignoreManifest: true });
await main({ root, pjson, plugin });
