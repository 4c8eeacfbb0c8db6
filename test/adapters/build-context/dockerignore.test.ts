import { execFile, execFileSync } from "node:child_process";
import { promisify } from "node:util";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type FakeEngine, fakeEngine } from "../docker/fake-engine.ts";
import { contextsIn, memoryFolder, opened } from "./contexts.ts";
import { pathsOf } from "./entries.ts";
import { folderWith } from "./folders.ts";

const contexts = contextsIn(memoryFolder(afterAll));

async function ours(folder: string): Promise<string[]> {
  return pathsOf((await opened(contexts, folder)).tar());
}

const tree = Object.fromEntries(
  [
    "a",
    "ab",
    "b.log",
    "A",
    "c++",
    "x(1)",
    "a/b",
    "a/c.log",
    "d/a/b",
    "d/a/e",
    "d/b.log",
    "d/e/f/a",
    "e/e/e",
    ".git/x",
    ".env",
  ]
    .filter((path) => path !== "a")
    .map((path) => [path, path]),
);

describe("patterns", () => {
  it.each([
    ["nothing", "", 0],
    ["comments and blank lines", "# a\n\n  \n", 0],
    ["a name at the top only", "b.log", 1],
  ])("%s", async (_name, text, fewer) => {
    const all = (await ours(folderWith(tree))).length;
    expect((await ours(folderWith({ ...tree, ".dockerignore": text }))).length).toBe(all + 1 - fewer);
  });

  it("an ignored folder comes back for the sake of one file in it", async () => {
    const folder = folderWith({ ...tree, ".dockerignore": "*\n!d/a/e\n" });
    expect(await ours(folder)).toEqual([".dockerignore", "Dockerfile", "d/", "d/a/", "d/a/e"]);
  });

  it("exceptions with wildcards are found below ignored folders", async () => {
    const folder = folderWith({ ...tree, ".dockerignore": "**\n!**/*.log\n" });
    const logs = ["a/", "a/c.log", "b.log", "d/", "d/b.log"];
    expect(await ours(folder)).toEqual([".dockerignore", "Dockerfile", ...logs]);
  });

  it("a Dockerfile's own file comes first, as for BuildKit", async () => {
    const folder = folderWith({ x: "", y: "", ".dockerignore": "x", "Dockerfile.dockerignore": "y" });
    expect(await ours(folder)).toEqual([".dockerignore", "Dockerfile", "Dockerfile.dockerignore", "x"]);
  });

  it("a line that is longer than any path is refused at once, whatever is in it", async () => {
    const folder = folderWith({ ...tree, ".dockerignore": `b.log\n${"[".repeat(400_000)}\n` });
    await expect(ours(folder)).rejects.toThrow(/has more than 4096 characters in line 2/);
  }, 5000);

  it("what stands for itself does so", async () => {
    const folder = folderWith({ ...tree, ".dockerignore": "c++\nx(1)\n" });
    const paths = await ours(folder);
    expect(paths).not.toContain("c++");
    expect(paths).not.toContain("x(1)");
    expect(paths).toContain("ab");
  });
});

describe.skipIf(!hasDockerClient())("compared with what the docker client sends", () => {
  let engine: FakeEngine;
  let sent: Promise<string[]> = Promise.resolve([]);
  beforeAll(async () => {
    engine = await fakeEngine({
      "/_ping": (_request, response) => {
        response.writeHead(200, { "Api-Version": "1.41", Ostype: "linux", "Builder-Version": "1" }).end("OK");
      },
      "/build": (request, response) => {
        sent = pathsOf(request as AsyncIterable<Buffer>);
        void sent.then(() => response.end('{"stream":"ok"}'));
      },
    });
  });
  afterAll(() => engine.close());

  async function dockers(folder: string): Promise<string[]> {
    await promisify(execFile)("docker", ["build", folder], {
      env: {
        ...process.env,
        DOCKER_HOST: `unix://${engine.socket}`,
        DOCKER_BUILDKIT: "0",
        DOCKER_CONFIG: "/nonexistent",
      },
    });
    return sent;
  }

  // Folders that hold nothing else are of no consequence, and the client leaves those above exceptions out.
  const files = (paths: readonly string[]): string[] => paths.filter((path) => !path.endsWith("/"));

  it.each([
    ["*\n!a/**\n"],
    ["*\n!a/b\n!d/a\n"],
    ["*\n!.env\n!d\nd/e\n"],
    ["**/a\n!d/a/e\n"],
    ["d\n!d/e\nd/e/f/a\n"],
    ["/d/./a/\n!/d//a/b\n"],
    [".git\n**/*.log\n!d/b.log"],
    ["\ufeff# comment\n  a/b  \n"],
    ["*\n"],
  ])("exceptions and oddities: %j", async (text) => {
    const folder = folderWith({ ...tree, ".dockerignore": text });
    expect(files(await ours(folder))).toEqual(files(await dockers(folder)));
  });

  // Without exceptions: there the client (not BuildKit) looks below an ignored folder for those without wildcards only,
  // and forgets an exception for a folder that nothing had ignored yet. Ours are what the manual says: the last line
  // that matches a path or a folder above it decides.
  it("any patterns", async () => {
    const part = fc.constantFrom(
      "a",
      "b",
      "d",
      "e",
      "f",
      "ab",
      ".git",
      "c++",
      "A",
      "*",
      "**",
      "?",
      "*.log",
      "[ab]",
      "a?",
    );
    const pattern = fc
      .tuple(fc.constantFrom("", "/", "./"), fc.array(part, { minLength: 1, maxLength: 3 }), fc.constantFrom("", "/"))
      .map(([root, names, end]) => `${root}${names.join("/")}${end}`);
    await fc.assert(
      fc.asyncProperty(fc.array(pattern, { minLength: 1, maxLength: 4 }), async (patterns) => {
        const folder = folderWith({ ...tree, ".dockerignore": `${patterns.join("\n")}\n` });
        expect(files(await ours(folder))).toEqual(files(await dockers(folder)));
      }),
      { numRuns: 30 },
    );
  }, 60_000);
});

function hasDockerClient(): boolean {
  try {
    execFileSync("docker", ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    process.stderr.write("The comparison with docker's own .dockerignore does not run: there is no docker client.\n");
    return false;
  }
}
