import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { publicHalf } from "../../../../src/domain/ssh/auth/private-key.ts";

const dir = mkdtempSync(join(tmpdir(), "pictl-private-key-"));
afterAll(() => {
  rmSync(dir, { recursive: true });
});

test.each(["ed25519", "ecdsa", "rsa"])("the public half of an encrypted %s key", (type) => {
  const path = join(dir, type);
  execFileSync("ssh-keygen", ["-q", "-t", type, "-N", "secret", "-f", path]);
  const [, blob] = readFileSync(`${path}.pub`, "utf8").split(" ");
  expect(publicHalf(readFileSync(path, "utf8"))).toBe(blob);
});

test.each([
  "",
  "-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----",
  "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----",
])("other formats have none: %j", (text) => {
  expect(publicHalf(text)).toBeUndefined();
});
