import { expect, test } from "vitest";
import { buildConfig } from "../../../src/domain/config/build.ts";
import { runInput } from "../../../src/domain/container/drift/wanted.ts";
import type { RawConfig } from "../../../src/domain/config/raw.ts";

/** What is told of the container `db`, whose constraints let it fail over from n1 to n2. */
function told(db: NonNullable<RawConfig["layout"]>[number][string]): string[] {
  const raw: RawConfig = {
    layout: [{ node: "n1", db }, { node: "n2" }],
    container_host_constraints: [{ container: "db,n1,n2" }],
    automatic_heartbeat: true,
  };
  const { findings } = buildConfig(raw, { resolvePath: (path) => path, defaultStateDir: "/state" });
  return findings.map(({ severity, path, message }) => `${severity} at ${path.join(".")}: ${message.split(",")[0]}`);
}

test.each([
  ["nothing but a port", "-p 80:80", []],
  ["a restart policy that is not kept", "--restart=always", ["runs with --restart=no instead of always"]],
  ["a volume", "-v data:/data", ["does not fail over by itself"]],
  ["a folder of the node", "--mount type=bind,source=/srv,target=/data", ["does not fail over by itself"]],
  ["a volume that all nodes see", { image: "db", args: "-v data:/data", shared: true }, []],
])("%s", (_, db, expected) => {
  expect(told(db)).toEqual(expected.map((message) => `warning at layout.0.db: ${message}`));
});

test.each([
  [undefined, true],
  [false, true],
  [true, false],
])("with automatic_heartbeat %j its own restart policy is kept: %j", (automatic, kept) => {
  const raw: RawConfig = {
    layout: [{ node: "n1", db: "--restart unless-stopped" }, { node: "n2" }],
    container_host_constraints: [{ container: "db,n1,n2" }],
    automatic_heartbeat: automatic,
  };
  const { config } = buildConfig(raw, { resolvePath: (path) => path, defaultStateDir: "/state" });
  const [db] = config.placements;
  expect(db && runInput(db, { cluster: "c", generation: 1, digest: "d" }).args.includes("--restart=no")).toBe(!kept);
});
