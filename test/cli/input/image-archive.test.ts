import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { openImageArchive } from "../../../src/cli/input/image-archive.ts";

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "pictl-archive-"));
  onTestFinished(() => {
    rmSync(path, { recursive: true, force: true });
  });
  return path;
}

/** A `docker` that is this script, and nothing else in the path but a shell. */
function withDocker(script: string | undefined): void {
  const bin = folder();
  if (script !== undefined) {
    writeFileSync(join(bin, "docker"), `#!/bin/sh\n${script}\n`);
    chmodSync(join(bin, "docker"), 0o755);
  }
  const before = process.env["PATH"];
  process.env["PATH"] = script === undefined ? bin : `${bin}:/bin:/usr/bin`;
  onTestFinished(() => {
    process.env["PATH"] = before;
  });
}

async function read(word: string, signal = new AbortController().signal): Promise<string> {
  const source = await openImageArchive(word);
  let text = "";
  for await (const chunk of source.chunks(signal)) text += Buffer.from(chunk).toString();
  return text;
}

test("a file is that file, whatever it is called", async () => {
  const path = join(folder(), "app");
  writeFileSync(path, "an archive");
  expect(await read(path)).toBe("an archive");
  expect((await openImageArchive(path)).from).toBe(path);
  expect((await openImageArchive("-")).from).toBe("stdin");
});

test.each(["./app", "/nowhere/app", "app.tar", "app.tar.gz", "app.tgz"])(
  "%s is called like a file, and there is none",
  async (word) => {
    await expect(openImageArchive(word)).rejects.toMatchObject({
      code: "usage",
      message: expect.stringMatching(/ does not exist\.$/) as string,
    });
  },
);

test("all else is asked of this machine's Docker, with that one word", async () => {
  withDocker('printf "%s|" "$@"');
  expect(await read("team/app:1.4")).toBe("image|save|team/app:1.4|");
  await expect(openImageArchive("-o/etc/passwd")).rejects.toMatchObject({ code: "usage" });
});

test("why Docker gives nothing is told: it has no such image, it said no, there is none", async () => {
  withDocker('echo "Error response from daemon: reference does not exist" >&2; exit 1');
  await expect(read("app")).rejects.toMatchObject({
    code: "image-missing",
    message: "This machine's Docker has no image app, and there is no file app.",
  });
  withDocker('printf half; echo "Cannot connect to the Docker daemon" >&2; exit 1');
  await expect(read("app")).rejects.toMatchObject({
    code: "docker-failed",
    message: "This machine's Docker did not give the image app: Cannot connect to the Docker daemon",
  });
  withDocker(undefined);
  await expect(read("app")).rejects.toMatchObject({
    code: "docker-missing",
    message: "There is no `docker` on this machine, and no file app.",
  });
});

test("Ctrl-C ends docker", async () => {
  withDocker("echo begun; exec sleep 100");
  const interruption = new AbortController();
  const source = await openImageArchive("app");
  const reading = (async () => {
    for await (const chunk of source.chunks(interruption.signal)) {
      if (chunk.length > 0) interruption.abort(new Error("interrupted"));
    }
  })();
  await expect(reading).rejects.toThrow("interrupted");
});
