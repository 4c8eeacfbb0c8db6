import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { afterAll, expect, test } from "vitest";
import { openSecrets } from "../../../src/adapters/secrets/index.ts";
import { environmentFile, withEnvironmentOnStdin } from "../../../src/domain/container/environment.ts";
import { Secret } from "../../../src/domain/secret.ts";
import { render, words } from "../../../src/domain/shell.ts";

const folder = mkdtempSync(join(tmpdir(), "pictl-secrets-"));
afterAll(() => {
  rmSync(folder, { recursive: true });
});
const secrets = openSecrets({ PASSWORD: "from env" });

test("are read from where the config says, a file without its last newline", async () => {
  const path = join(folder, "password");
  writeFileSync(path, "two\nlines\r\n");
  expect((await secrets.read({ from: "env", name: "PASSWORD" })).reveal()).toBe("from env");
  expect((await secrets.read({ from: "file", path })).reveal()).toBe("two\nlines");
  expect((await secrets.read({ from: "literal", secret: new Secret("x") })).reveal()).toBe("x");
});

test("that are not there are told by name, never by value", async () => {
  await expect(secrets.read({ from: "env", name: "MISSING" })).rejects.toMatchObject({
    code: "secret-missing",
    message: "The environment variable MISSING, which holds a secret, is not set.",
  });
  await expect(secrets.read({ from: "file", path: join(folder, "none") })).rejects.toMatchObject({
    code: "secret-missing",
  });
});

test("do not print, however they are printed", () => {
  const secret = new Secret("hunter2");
  const printed = [
    "".concat(secret as never),
    JSON.stringify({ secret }),
    inspect({ secret }),
    String(secret),
    inspect(secret, { showHidden: true }),
  ];
  for (const each of printed) expect(each).not.toContain("hunter2");
});

test("reach a container through stdin, so that no argument holds them", () => {
  const run = withEnvironmentOnStdin(words("docker", "container", "run", "--detach", "--name", "web", "web"));
  expect(render(run)).toBe("docker container run --env-file /dev/stdin --detach --name web web");
  expect(
    environmentFile([
      ["PASSWORD", new Secret("a b=c")],
      ["TOKEN", new Secret("")],
    ]).reveal(),
  ).toBe("PASSWORD=a b=c\nTOKEN=\n");
  expect(() => environmentFile([["KEY", new Secret("a\nb")]])).toThrow(
    expect.objectContaining({ code: "config-invalid" }) as Error,
  );
});
