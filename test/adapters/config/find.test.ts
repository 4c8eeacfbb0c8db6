import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { findConfig } from "../../../src/adapters/config/index.ts";
import { PictlError } from "../../../src/domain/errors.ts";
import { temporaryFolder } from "./folder.ts";

function folders() {
  const root = temporaryFolder();
  const [cwd, home, xdg] = [join(root, "cwd"), join(root, "home"), join(root, "xdg")];
  for (const folder of [cwd, join(home, ".config/pictl"), join(xdg, "pictl")]) mkdirSync(folder, { recursive: true });
  return { cwd, home, xdg };
}

function put(...parts: string[]): string {
  const path = join(...parts);
  writeFileSync(path, "{}");
  return path;
}

test("the nearer place wins", () => {
  const { cwd, home, xdg } = folders();
  const env = { XDG_CONFIG_HOME: xdg };
  const inHome = put(home, ".config/pictl/config.json");
  expect(findConfig({ env: {}, cwd, home })).toBe(inHome);
  const inXdg = put(xdg, "pictl/config.yaml");
  expect(findConfig({ env, cwd, home })).toBe(inXdg);
  const yaml = put(cwd, "config.yaml");
  expect(findConfig({ env, cwd, home })).toBe(yaml);
  const json = put(cwd, "config.json");
  expect(findConfig({ env, cwd, home })).toBe(json);
  const byVariable = put(cwd, "v.json");
  expect(findConfig({ env: { ...env, PICLUSTER_CONFIG: "v.json" }, cwd, home })).toBe(byVariable);
  const byFlag = put(cwd, "f.json");
  expect(findConfig({ flag: "f.json", env: { ...env, PICLUSTER_CONFIG: "v.json" }, cwd, home })).toBe(byFlag);
});

test("without any, the places that were looked at are told", () => {
  const { cwd, home } = folders();
  const find = () => findConfig({ env: {}, cwd, home });
  expect(find).toThrow(PictlError);
  expect(find).toThrow(`${cwd}/config.json, ${cwd}/config.yaml, ${cwd}/config.yml, ${home}/.config/pictl/config.json`);
  expect(find).toThrow("/etc/pictl/config.yml");
});

test("one that is named and not there is never replaced by another", () => {
  const { cwd, home } = folders();
  put(cwd, "config.json");
  expect(() => findConfig({ flag: "x.json", env: {}, cwd, home })).toThrow(
    `no config ${cwd}/x.json, which --config names`,
  );
  expect(() => findConfig({ env: { PICLUSTER_CONFIG: "/x.json" }, cwd, home })).toThrow(
    "which $PICLUSTER_CONFIG names",
  );
});
