import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { afterAll, describe, expect, test } from "vitest";
import { openSecrets } from "../../../src/adapters/secrets/index.ts";
import {
  environmentFile,
  refuseSeveralLines,
  withEnvironmentOnStdin,
} from "../../../src/domain/container/environment/variables.ts";
import { Secret } from "../../../src/domain/secrets/secret.ts";
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
  const path = join(folder, "none");
  await expect(secrets.read({ from: "file", path })).rejects.toMatchObject({
    code: "secret-missing",
    message: `The file ${path}, which holds a secret, does not exist.`,
  });
  const binary = join(folder, "binary");
  writeFileSync(binary, Uint8Array.of(0xff, 0x41));
  await expect(secrets.read({ from: "file", path: binary })).rejects.toMatchObject({
    code: "secret-missing",
    message: `The file ${binary}, which holds a secret, is not text in UTF-8.`,
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
  const run = words("docker", "container", "run", "--detach", "--name", "web", "web");
  expect(render(withEnvironmentOnStdin(run, [["A", new Secret("1")]]))).toBe(
    "docker container run --env-file /dev/stdin --detach --name web web",
  );
  expect(withEnvironmentOnStdin(run, [])).toBe(run);
  expect(
    environmentFile([
      ["PASSWORD", new Secret("a b=c")],
      ["TOKEN", new Secret("")],
    ]).reveal(),
  ).toBe("PASSWORD=a b=c\nTOKEN=\n");
});

test.each(["a\nb", "a\r", "a\0b"])("that docker could not be given are refused: %j", (value) => {
  expect(() => {
    refuseSeveralLines([["KEY", new Secret(value)]]);
  }).toThrow(expect.objectContaining({ code: "config-invalid" }) as Error);
});

describe("an env_file", () => {
  const read = async (text: string | Uint8Array): Promise<Record<string, string>> => {
    const path = join(folder, "app.env");
    writeFileSync(path, text);
    return Object.fromEntries((await secrets.envFile(path)).map(([name, value]) => [name, value.reveal()]));
  };

  test("gives its variables, and those of this machine that it only names", async () => {
    expect(await read("A=1\nPASSWORD\nMISSING\n")).toEqual({ A: "1", PASSWORD: "from env" });
  });

  test.each<[string, string | Uint8Array, string]>([
    ["white space", "A=1\n\nhunter2 hunter2=x\n", ", line 3: there is white space in the name."],
    ["a shell's export", "export A=hunter2", ", line 1: `export` is a shell's word, which docker does not take here."],
    ["no name", "=hunter2", ", line 1: there is no name before the =."],
    ["bytes that are no text", Uint8Array.of(0x41, 0x3d, 0xff), " is not text in UTF-8."],
  ])("with %s is refused without a word of it", async (_, text, end) => {
    await expect(read(text)).rejects.toMatchObject({
      code: "env-file-invalid",
      message: expect.stringMatching(new RegExp(`app\\.env${end.replaceAll(".", "\\.")}$`)) as string,
    });
    await expect(read(text)).rejects.not.toMatchObject({ message: expect.stringContaining("hunter2") as string });
  });

  test.each([
    ["none", "does not exist"],
    [".", "is a folder"],
  ])("that is not there is told: %s", async (name, reason) => {
    const path = join(folder, name);
    await expect(secrets.envFile(path)).rejects.toMatchObject({
      code: "env-file-invalid",
      message: `The env_file ${path} ${reason}.`,
      hint: expect.stringContaining("a relative path counts from the config's folder") as string,
    });
  });
});
