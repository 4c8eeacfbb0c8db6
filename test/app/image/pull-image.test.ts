import { expect, test } from "vitest";
import { pullImage } from "../../../src/app/image/pull-image.ts";
import type { Connection, Outcome, RunOptions } from "../../../src/app/ports.ts";
import { PictlError } from "../../../src/domain/errors.ts";
import { loggedIn, pullExit } from "../../../src/domain/registry/pull-command.ts";
import { parseReference } from "../../../src/domain/registry/reference.ts";
import { Secret } from "../../../src/domain/secrets/secret.ts";
import { words } from "../../../src/domain/shell.ts";

interface Pull {
  readonly username?: string;
  readonly password?: Secret;
  readonly code?: number;
  readonly stderr?: string;
  readonly lost?: boolean;
  readonly lines?: string;
}

async function pulled({ username, password, code = 0, stderr = "", lost = false, lines = "" }: Pull) {
  const options: RunOptions[] = [];
  const progress: string[] = [];
  const rest = { stdout: "", stderr, truncated: false, durationMs: 1 };
  const outcome: Outcome = lost
    ? { ...rest, status: "unknown", code: null, reason: "connection-lost" }
    : code === 0
      ? { ...rest, status: "ok", code }
      : { ...rest, status: "failed", code };
  const connection = {
    node: "n1",
    privilege: () => Promise.resolve({ root: false, docker: false, sudo: true }),
    run: async (_command: unknown, given: RunOptions) => {
      options.push(given);
      await given.onStdout?.(Buffer.from(lines));
      return outcome;
    },
  } as unknown as Connection;
  const error = await pullImage({
    ...{ connection, image: parseReference("reg.lab:5000/app:2"), command: words("docker", "pull") },
    ...{ username, password, onProgress: (text) => progress.push(text), signal: new AbortController().signal },
  }).then(
    () => undefined,
    (thrown: unknown) => thrown as PictlError,
  );
  return { error, options, progress };
}

test("through sudo and behind the guard, with the password on stdin, and told layer by layer", async () => {
  const password = new Secret("s3cret");
  const lines = "2: Pulling from app\na1b2c3d4e5f6: Pulling fs layer\na1b2c3d4e5f6: Pull complete\n";
  const { error, options, progress } = await pulled({ username: "me", password, lines });
  expect(error).toBeUndefined();
  expect(options).toMatchObject([{ sudo: true, guard: {}, stdin: password }]);
  expect(progress.at(-1)).toBe("1 of 1 layers");
  expect((await pulled({})).options[0]).not.toHaveProperty("stdin");
});

test.each([
  ["a login that is refused", { username: "me", code: pullExit.login, stderr: "odd" }, "log in to reg.lab:5000"],
  ["docker's own code where nobody logs in", { code: pullExit.login, stderr: "odd" }, "pull reg.lab:5000/app:2"],
  ["docker's own code of a missing folder, too", { code: pullExit.noFolder, stderr: "odd" }, "pull reg.lab"],
  [
    "what docker says of the login is not why the pull failed",
    { username: "me", code: 1, stderr: `WARNING! unencrypted\n${loggedIn}\nodd` },
    "pull reg.lab:5000/app:2",
  ],
])("%s", async (_what, pull, said) => {
  const { error } = await pulled(pull);
  expect(error).toBeInstanceOf(PictlError);
  expect(`${error?.code ?? ""}: ${error?.message ?? ""}`).toContain(said);
  expect(error?.message).not.toContain("unencrypted");
});

test("no place for a login is a full disk; a line that is cut is no refusal", async () => {
  const { error } = await pulled({ username: "me", code: pullExit.noFolder, stderr: "No space left\n" });
  expect(error).toMatchObject({ code: "disk-full", node: "n1" });
  expect(error?.message).toContain("(No space left)");
  expect((await pulled({ username: "me", lost: true })).error?.code).not.toBe("docker-failed");
});
