import { beforeEach, expect, test } from "vitest";
import { openProgress } from "../../fakes/progress.ts";
import type { Listing, Ports, Registries } from "../../../src/app/ports.ts";
import { searchImages } from "../../../src/app/search.ts";
import { listTags } from "../../../src/app/tags.ts";
import { PictlError } from "../../../src/domain/errors.ts";
import { chooseRegistries } from "../../../src/domain/registry/choose.ts";
import { bareTag, type FoundImage, type ImageTag } from "../../../src/domain/registry/listing.ts";

const warnings: string[] = [];
beforeEach(() => warnings.splice(0));

function ports(registries: Partial<Registries>): Ports {
  const progress = openProgress({ warned: warnings });
  return { registries, progress, signal: new AbortController().signal, concurrency: 4 } as unknown as Ports;
}

const all = chooseRegistries(["one:5000", "two:5000"], []);
const common = { registries: all, login: undefined, insecure: false };
const listing = <Row>(rows: readonly Row[], parts: Partial<Listing<Row>> = {}): Listing<Row> => ({
  rows,
  more: false,
  complete: true,
  ...parts,
});
const down = new PictlError("registry-unreachable", "The registry one:5000 cannot be used.");
const missing = new PictlError("image-missing", "There is none.");

test("a registry that fails does not keep the others from answering", async () => {
  const found = (registry: string): FoundImage => ({
    registry,
    image: `${registry}/web`,
    description: "",
    stars: null,
    pulls: null,
    official: false,
  });
  const search: Registries["search"] = async ({ name }) => {
    if (name === "one:5000") throw down;
    return listing([found(name)], name === "two:5000" ? { more: true, complete: false } : {});
  };
  const report = await searchImages(ports({ search }), { ...common, term: "web", limit: 1 });
  expect(report.result.images.map(({ registry }) => registry)).toEqual(["docker.io", "two:5000"]);
  expect(report.failures).toEqual([{ code: "registry-unreachable", message: down.message }]);
  expect(warnings).toEqual([
    "two:5000 lists more than pictl reads; the rest is missing here.",
    "two:5000 has more images than the 1 shown; `--limit N` shows more.",
  ]);
});

test("nothing found is said", async () => {
  const search: Registries["search"] = async () => listing([]);
  expect((await searchImages(ports({ search }), { ...common, term: "web", limit: 1 })).failures).toEqual([]);
  expect(warnings).toEqual(['No image is called anything with "web".']);
});

test("--insecure is said loudly", async () => {
  const search: Registries["search"] = async () => listing([]);
  const registries = chooseRegistries([], ["one:5000"]);
  await searchImages(ports({ search }), { ...common, registries, insecure: true, term: "web", limit: 1 });
  expect(warnings[0]).toMatch(/^--insecure: nobody checks that one:5000 is who it says/);
});

const tagged = (...tags: string[]) => listing(tags.map((tag): ImageTag => bareTag({ registry: "r", path: "p" }, tag)));

test("a short name is looked for as each registry has it", async () => {
  const asked: string[] = [];
  const tags: Registries["tags"] = async ({ name }, path) => {
    asked.push(`${name} ${path}`);
    if (name === "one:5000") throw missing;
    return tagged("1.9", "1.10", "latest", "edge");
  };
  const report = await listTags(ports({ tags }), { ...common, image: "nginx", grep: /^[l1]/ });
  expect(asked).toEqual(["docker.io library/nginx", "one:5000 nginx", "two:5000 nginx"]);
  expect(report.result.tags.map(({ tag }) => tag)).toEqual(["latest", "1.10", "1.9", "latest", "1.10", "1.9"]);
  // Another registry has it.
  expect(report.failures).toEqual([]);
});

test("an image that no registry has is told by each", async () => {
  const tags: Registries["tags"] = async ({ name }) => {
    throw name === "one:5000" ? down : missing;
  };
  const report = await listTags(ports({ tags }), { ...common, image: "nginx", grep: undefined });
  expect(report.result.tags).toEqual([]);
  expect(report.failures.map(({ code }) => code)).toEqual(["registry-unreachable", "image-missing", "image-missing"]);
});
