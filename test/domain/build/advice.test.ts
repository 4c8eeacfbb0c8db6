import { expect, test } from "vitest";
import { buildAdvice } from "../../../src/domain/build/advice.ts";

const place = { node: "n1", folder: "/docker/web" };
const ownFiles = "Correct its files in /docker/web, and try again.";
const lookup = "dial tcp: lookup registry-1.docker.io on [::1]:53: read: connection refused";

test.each([
  ["a step fails", ["Step 2/3 : COPY nofile /x", "COPY failed: file not found in build context"], ownFiles],
  ["no step was begun", ["dockerfile parse error line 1: unknown instruction: FORM"], ownFiles],
  ["docker said nothing", [], ownFiles],
  ["its base is a variable", ["Step 2/3 : FROM ${BASE}", lookup], ownFiles],
  [
    "the registry of its base is out of reach",
    ["Step 1/2 : FROM --platform=linux/arm64 nginx:1 AS build", `Get "https://registry-1.docker.io/v2/": ${lookup}`],
    "https://registry-1.docker.io/v2/",
  ],
  [
    "the same, as BuildKit says it",
    [
      "[internal] load metadata for docker.io/library/nginx:1",
      `ERROR: failed to solve: nginx:1: failed to resolve source metadata for docker.io/library/nginx:1: failed to do request: Head "https://registry-1.docker.io/v2/library/nginx/manifests/1": ${lookup}`,
    ],
    "https://registry-1.docker.io/v2/",
  ],
  [
    "its base does not exist",
    ["Step 1/1 : FROM nosuch:1", "manifest for nosuch:1 not found: manifest unknown: manifest unknown"],
    "pictl tags",
  ],
  ["a program of a step finds no host", ["Step 2/2 : RUN curl x", lookup], ownFiles],
  [
    "the disk is full",
    ["Error processing tar file(exit status 1): write /Dockerfile: no space left on device"],
    "`pictl prune --node n1`",
  ],
])("%s", (_, said, advice) => {
  expect(buildAdvice(said, place)).toContain(advice);
});
