import fc from "fast-check";
import { expect, test } from "vitest";
import {
  parseCatalog,
  parseHubSearch,
  parseHubTags,
  parseTagNames,
  registryErrorText,
} from "../../../src/domain/registry/listing.ts";
import { matching, parseTerm } from "../../../src/domain/registry/search.ts";

test("names that are none are left out", () => {
  expect(parseCatalog({ repositories: ["a/b", "-x", "A", 7, null, "\u001b[31m", "c"] })).toEqual(["a/b", "c"]);
  expect(parseTagNames({ tags: ["1.0", "", "a b", ".x", {}, "latest"] })).toEqual(["1.0", "latest"]);
  expect(parseTagNames({ name: "x", tags: null })).toEqual([]);
});

test("the Hub's search", () => {
  const row = {
    repo_name: "library/nginx",
    short_description: " Official \n build ",
    star_count: 20_000,
    pull_count: 12_000_000_000,
    repo_owner: "",
    is_automated: false,
    is_official: true,
  };
  expect(
    parseHubSearch({ count: 2, next: "https://hub.docker.com/x", results: [row, { repo_name: "No Name" }] }),
  ).toEqual({
    more: true,
    images: [
      {
        registry: "docker.io",
        image: "nginx",
        description: "Official build",
        stars: 20_000,
        pulls: 12_000_000_000,
        official: true,
      },
    ],
  });
});

test("the Hub's tags", () => {
  const digest = `sha256:${"0a".repeat(32)}`;
  const images = [
    { architecture: "amd64", variant: null },
    { architecture: "arm", variant: "v7" },
    { architecture: "unknown" },
    { architecture: "amd64" },
  ];
  const row = { name: "1.27", full_size: 70_000_000, last_updated: "2026-01-02T03:04:05.678901Z", digest, images };
  expect(parseHubTags({ next: null, results: [row, { name: "bare", last_updated: null }] }, "library/nginx")).toEqual({
    more: false,
    tags: [
      {
        registry: "docker.io",
        image: "nginx",
        tag: "1.27",
        digest,
        sizeBytes: 70_000_000,
        updatedAt: "2026-01-02T03:04:05.678901Z",
        architectures: ["amd64", "arm/v7"],
      },
      {
        registry: "docker.io",
        image: "nginx",
        tag: "bare",
        digest: null,
        sizeBytes: null,
        updatedAt: null,
        architectures: [],
      },
    ],
  });
});

test("whatever JSON a server sends, reading it ends well", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (json) => {
      for (const read of [parseCatalog, parseTagNames, parseHubSearch, (each: unknown) => parseHubTags(each, "a/b")]) {
        expect(read(json)).toBeDefined();
      }
      expect(registryErrorText(json).length).toBeLessThanOrEqual(200);
    }),
  );
});

test("what a registry says went wrong", () => {
  expect(registryErrorText({ errors: [{ code: "DENIED", message: "no\nway" }] })).toBe("no way");
  expect(registryErrorText({ errors: [{ code: "DENIED" }] })).toBe("DENIED");
  expect(registryErrorText({ detail: "Incorrect authentication credentials" })).toBe(
    "Incorrect authentication credentials",
  );
  expect(registryErrorText(undefined)).toBe("");
});

test("a catalog is searched for names that hold the term, best first", () => {
  const names = ["x/myweb", "web-ui", "team/web", "db", "a/webapp"];
  expect(matching(names, "Web")).toEqual(["team/web", "a/webapp", "web-ui", "x/myweb"]);
});

test.each(["", "  ", "a\u001bb", "x".repeat(101)])("%j is no search term", (text) => {
  expect(() => parseTerm(text)).toThrow(/search term/);
});
