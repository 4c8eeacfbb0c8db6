import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Interfaces } from "@oclif/core";
import { expect, test } from "vitest";
import { commandGroups } from "../../src/cli/help.ts";

const manifest = JSON.parse(
  readFileSync(fileURLToPath(new URL("../../oclif.manifest.json", import.meta.url)), "utf8"),
) as Interfaces.Manifest;
const visible = Object.values(manifest.commands).filter(({ id, hidden, aliases }) => !hidden && !aliases.includes(id));

test("each command stands in one group of the first page", () => {
  const words = new Set(visible.map(({ id }) => id.split(":")[0] ?? ""));
  expect(Object.values(commandGroups).flat().sort()).toEqual([...words].sort());
});

test("the title of a command's page fits a terminal of 80 columns", () => {
  expect(visible.filter(({ summary = "" }) => summary.length > 80).map(({ id }) => id)).toEqual([]);
});
