import { expect, it } from "vitest";
import { build } from "../../../src/domain/docker/build-command.ts";
import { render } from "../../../src/domain/shell.ts";

const input = { image: "web", folder: "/opt/docker/my web", context: "sha256:ab", noCache: false, pull: false };

it("builds from a tar on stdin, labelled with its digest", () => {
  expect(render(build(input))).toBe("docker build --force-rm --tag web --label io.pictl.context=sha256:ab -");
});

it("asks for newer bases and for no cache", () => {
  expect(render(build({ ...input, noCache: true, pull: true }))).toBe(
    "docker build --force-rm --tag web --label io.pictl.context=sha256:ab --no-cache --pull -",
  );
});

it("builds from a folder of the node's own, as the original did", () => {
  expect(render(build({ ...input, context: undefined }))).toBe(
    "docker build --force-rm --tag web '/opt/docker/my web'",
  );
});
