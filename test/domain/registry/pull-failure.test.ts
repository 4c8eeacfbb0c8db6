import { expect, test } from "vitest";
import { pullFailure } from "../../../src/domain/registry/pull-failure.ts";
import { parseReference } from "../../../src/domain/registry/reference.ts";

const daemon = "Error response from daemon: ";

// What docker 20.10 and 28 say.
test.each([
  [
    "r:5000/app:2",
    `${daemon}manifest for r:5000/app:2 not found: manifest unknown: manifest unknown`,
    "image-missing",
    "pictl tags r:5000/app",
  ],
  [
    "r:5000/app",
    `${daemon}Head "https://r:5000/v2/app/manifests/latest": no basic auth credentials`,
    "registry-denied",
    "--username USER",
  ],
  [
    "r:5000/app",
    `${daemon}login attempt to https://r:5000/v2/ failed with status: 401 Unauthorized`,
    "registry-denied",
    "--username USER",
  ],
  [
    "nginx",
    `${daemon}Get "https://registry-1.docker.io/v2/": unauthorized: incorrect username or password`,
    "registry-denied",
    "--username USER",
  ],
  [
    "joe/nope",
    `${daemon}pull access denied for joe/nope, repository does not exist or may require 'docker login': denied: requested access to the resource is denied`,
    "image-missing",
    "pictl search nope",
  ],
  [
    "r:5000/app",
    `${daemon}Get "https://r:5000/v2/": http: server gave HTTP response to HTTPS client`,
    "registry-unreachable",
    '{"insecure-registries": ["r:5000"]}',
  ],
  [
    "r:5000/app",
    `${daemon}Get "https://r:5000/v2/": x509: certificate signed by unknown authority`,
    "registry-unreachable",
    "/etc/docker/certs.d/r:5000/ca.crt",
  ],
  [
    "r:5000/app",
    `${daemon}Get "https://r:5000/v2/": x509: certificate has expired or is not yet valid`,
    "registry-unreachable",
    "clock",
  ],
  [
    "r:5000/app",
    `${daemon}Get "https://r:5000/v2/": dial tcp 10.0.0.9:5000: connect: connection refused`,
    "registry-unreachable",
    "curl -sS https://r:5000/v2/",
  ],
  [
    "nginx",
    `${daemon}Get "https://registry-1.docker.io/v2/": net/http: TLS handshake timeout`,
    "registry-unreachable",
    "curl -sS https://registry-1.docker.io/v2/",
  ],
  [
    "nginx",
    `${daemon}Get "https://registry-1.docker.io/v2/": context deadline exceeded (Client.Timeout exceeded while awaiting headers)`,
    "registry-unreachable",
    "curl",
  ],
  [
    "nginx",
    "failed to register layer: Error processing tar file(exit status 1): write /f1: no space left on device",
    "disk-full",
    "pictl prune",
  ],
  ["nginx", `${daemon}toomanyrequests: You have reached your pull rate limit.`, "registry-failed", "--username"],
  [
    "nginx",
    `${daemon}no matching manifest for linux/arm/v7 in the manifest list entries`,
    "image-missing",
    "pictl tags nginx",
  ],
])("%s: %s", (name, stderr, code, remedy) => {
  const error = pullFailure(stderr, { image: parseReference(name), node: "n1", username: undefined });
  expect(error).toMatchObject({ code, node: "n1" });
  expect(error?.hint).toContain(remedy);
});

test("nodes that fail alike say the same", () => {
  const said = (port: number, node: string) =>
    pullFailure(
      `Get "https://x/v2/": dial tcp: lookup x on [::1]:53: read udp [::1]:${port}->[::1]:53: read: connection refused`,
      { image: parseReference("nginx"), node, username: undefined },
    );
  const [one, two] = [said(40_000, "n1"), said(50_000, "n2")];
  expect([one?.code, one?.message, one?.hint]).toEqual([two?.code, two?.message, two?.hint]);
  expect(said(1, "n1")?.message).toBe(
    "The node cannot reach the registry docker.io (dial tcp: lookup x on [::1]:53: read: connection refused).",
  );
});

test("who logged in is named", () => {
  const error = pullFailure("unauthorized", { image: parseReference("r:5000/a"), node: "n1", username: "ci" });
  expect(error?.message).toBe("The registry r:5000 refused the login of ci.");
  expect(error?.hint).toContain("Check the user ci");
});

test("other words are docker's to say", () => {
  expect(pullFailure("something new", { image: parseReference("a"), node: "n1", username: undefined })).toBeUndefined();
});
