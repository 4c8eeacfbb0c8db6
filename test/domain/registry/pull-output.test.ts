import { expect, test } from "vitest";
import { afterLine, pullBegun, pullProgress } from "../../../src/domain/registry/pull-output.ts";

const output = `1.27: Pulling from library/nginx
59bf1c3509f3: Pulling fs layer
8d6ba530f648: Pulling fs layer
5288d7ad7a7f: Already exists
8d6ba530f648: Waiting
59bf1c3509f3: Verifying Checksum
59bf1c3509f3: Download complete
59bf1c3509f3: Pull complete
8d6ba530f648: Download complete
59bf1c3509f3: Pull complete
8d6ba530f648: Pull complete
Digest: sha256:515fba9edfc2b2c76fb98c7b45c9799dfd95542b7e6f77ebd8cfb6de50e5ef15
Status: Downloaded newer image for nginx:1.27
docker.io/library/nginx:1.27`;

test("layers done and total, then the digest", () => {
  const states = [pullBegun];
  for (const line of output.split("\n")) states.push(afterLine(states.at(-1) ?? pullBegun, line));
  const shown = [...new Set(states.map(pullProgress))];
  expect(shown).toEqual(["", "0 of 1 layers", "0 of 2 layers", "1 of 3 layers", "2 of 3 layers", "3 of 3 layers"]);
  expect(states.at(-1)).toMatchObject({
    digest: "sha256:515fba9edfc2b2c76fb98c7b45c9799dfd95542b7e6f77ebd8cfb6de50e5ef15",
    upToDate: false,
  });
});

test("an image that is there", () => {
  expect(afterLine(pullBegun, "Status: Image is up to date for nginx:1.27").upToDate).toBe(true);
});

test.each([
  "",
  "latest: Pulling from x",
  "59bf1c3509f3",
  "59bf1c3509fz: Pull complete",
  "Digest: nonsense",
  "Status: odd",
])("%j says nothing", (line) => {
  expect(afterLine(pullBegun, line)).toBe(pullBegun);
});

test("a flood of layers is bounded", () => {
  let state = pullBegun;
  for (let id = 0; id < 2000; id += 1) state = afterLine(state, `${id.toString(16).padStart(12, "0")}: Waiting`);
  expect(state.layers.size).toBe(1000);
});
