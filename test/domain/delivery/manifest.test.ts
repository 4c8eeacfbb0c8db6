import { expect, test } from "vitest";
import { filesOf, readConfig, readManifest } from "../../../src/domain/delivery/manifest.ts";

const digest = (letter: string): string => `sha256:${letter.repeat(64)}`;
const named = (letter: string, platform?: object) => ({ mediaType: "x", digest: digest(letter), size: 1, platform });
const image = { schemaVersion: 2, config: named("c"), layers: [named("d")] };
const attestation = { schemaVersion: 2, config: named("e"), layers: [named("f")] };
const list = {
  manifests: [
    named("9", { architecture: "unknown", os: "unknown" }),
    named("a", { architecture: "arm64", variant: "v8" }),
  ],
};
const config = { architecture: "arm64", variant: "v8", os: "linux", rootfs: { diff_ids: [digest("0")] } };

function files(root: string, there = "abcd") {
  const manifests: Record<string, unknown> = { [digest("1")]: list, [digest("a")]: image, [digest("9")]: attestation };
  return filesOf(root, {
    manifest: (each) => (each in manifests ? { type: "t", json: manifests[each] } : undefined),
    config: (each) => (each === digest("c") ? config : undefined),
    size: (each) => (there.includes(each[7] ?? "") ? 5 : undefined),
  });
}

test("an image by its manifest, and by a list that has it beside what only tells how it was made", () => {
  expect(files(digest("a"))).toEqual({
    root: digest("a"),
    manifests: [{ digest: digest("a"), bytes: 5, type: "t" }],
    config: { digest: digest("c"), bytes: 5 },
    layers: [{ digest: digest("d"), bytes: 5, diffId: digest("0") }],
    platform: "arm64/v8",
  });
  expect(files(digest("1"), "abcd1")).toMatchObject({
    root: digest("1"),
    manifests: [{ digest: digest("1") }, { digest: digest("a") }],
  });
});

test("what is not whole is none", () => {
  expect(files(digest("a"), "abc")).toBeUndefined();
  expect(files(digest("2"))).toBeUndefined();
});

test.each([
  [{}],
  [null],
  ["x"],
  [{ manifests: [1] }],
  [{ config: named("c"), layers: [{}] }],
  [{ config: named("c") }],
])("%j is no manifest", (json) => {
  expect(readManifest(json)).toBeUndefined();
});

test.each([[{}], [{ ...config, os: "windows" }], [{ ...config, rootfs: { diff_ids: ["../x"] } }]])(
  "%j is no config",
  (json) => {
    expect(readConfig(json)).toBeUndefined();
  },
);
