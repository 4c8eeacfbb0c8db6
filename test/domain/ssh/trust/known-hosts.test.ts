import { execFileSync, spawnSync } from "node:child_process";
import { createHmac, randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import {
  entriesFor,
  formatKnownHost,
  knownHostsName,
  parseKnownHosts,
  type HmacSha1,
} from "../../../../src/domain/ssh/trust/known-hosts.ts";
import { withoutHost } from "../../../../src/domain/ssh/trust/known-hosts-edit.ts";

const hmac: HmacSha1 = (key, text) => createHmac("sha1", Buffer.from(key, "base64")).update(text).digest("base64");
const ed25519 = "AAAAC3NzaC1lZDI1NTE5AAAAIIXM7oCmvzjJ1Ykj4HTpCQYB2CeL8RyNvoXqJE5PyFVb";
const key = `ssh-ed25519 ${ed25519}`;
const hashed = (name: string): string =>
  formatKnownHost(name, { type: "ssh-ed25519", base64: ed25519 }, { salt: randomBytes(20).toString("base64"), hmac });

const dir = mkdtempSync(join(tmpdir(), "pictl-known-hosts-"));
afterAll(() => {
  rmSync(dir, { recursive: true });
});

/** The line numbers `ssh-keygen -F` finds, by its own reading of the file. */
function keygenLines(text: string, name: string): number[] {
  const file = join(dir, "known_hosts");
  writeFileSync(file, text);
  const { stdout } = spawnSync("ssh-keygen", ["-F", name, "-f", file], { encoding: "utf8" });
  return [...stdout.matchAll(/found: line (\d+)/g)].map((match) => Number(match[1]));
}

const ourLines = (text: string, name: string): number[] =>
  entriesFor(name, parseKnownHosts(text, "f"), hmac).map((entry) => entry.line);

const hasKeygen = spawnSync("ssh-keygen", ["-?"]).error === undefined;

describe.skipIf(!hasKeygen)("compared with ssh-keygen -F", () => {
  const text = [
    "# a comment",
    "",
    `plain.example.com ${key}`,
    `one,two.example.com,10.1.2.3 ${key} a comment`,
    `*.wild.example.com,!not.wild.example.com ${key}`,
    `host?,10.0.0.* ${key}`,
    `[ported.example.com]:2222 ${key}`,
    `[*.ported.example.com]:2222,[x]:* ${key}`,
    hashed("hashed.example.com"),
    hashed("[hashed.example.com]:2200"),
    `@revoked revoked.example.com ${key}`,
    `@cert-authority *.ca.example.com ${key}`,
    `  indented.example.com\t${key}`,
    `UPPER.Example.COM ${key}`,
    `crlf.example.com ${key}\r`,
    `2001:db8::1,[2001:db8::2]:22 ${key}`,
    `!* ${key}`,
    "|1|AAAA|BBBB ssh-ed25519 AAAA",
    `|2|${randomBytes(20).toString("base64")}|x ${key}`,
  ].join("\n");

  test.each([
    "plain.example.com",
    "PLAIN.example.com",
    "plain",
    "one",
    "two.example.com",
    "10.1.2.3",
    "a.wild.example.com",
    "not.wild.example.com",
    "wild.example.com",
    "host1",
    "host12",
    "10.0.0.77",
    "10.0.1.77",
    "ported.example.com",
    "[ported.example.com]:2222",
    "[ported.example.com]:2223",
    "[a.ported.example.com]:2222",
    "[x]:99",
    "hashed.example.com",
    "HASHED.example.com",
    "[hashed.example.com]:2200",
    "revoked.example.com",
    "a.ca.example.com",
    "indented.example.com",
    "upper.example.com",
    "crlf.example.com",
    "2001:db8::1",
    "[2001:db8::2]:22",
    "nowhere",
  ])("%s", (name) => {
    expect(ourLines(text, name)).toEqual(keygenLines(text, name));
  });

  test("any patterns, any names", () => {
    const label = fc.constantFrom(
      "a",
      "b",
      "ab",
      "*",
      "?",
      "a*",
      "*b",
      "[a]:22",
      "[a]:2222",
      "[*]:2222",
      "!a",
      "!*b",
      "A",
    );
    const hosts = fc.array(label, { minLength: 1, maxLength: 4 }).map((list) => list.join(","));
    const lines = fc.array(
      fc.oneof(
        hosts,
        fc.constantFrom("a", "[a]:2222").map((name) => hashed(name).split(" ")[0] ?? ""),
      ),
      {
        minLength: 1,
        maxLength: 5,
      },
    );
    fc.assert(
      fc.property(lines, fc.constantFrom("a", "b", "ab", "[a]:2222", "[b]:2222", "c"), (list, name) => {
        const text = list.map((host) => `${host} ${key}\n`).join("");
        expect(ourLines(text, name)).toEqual(keygenLines(text, name));
      }),
      { numRuns: 150 },
    );
  }, 30_000);

  test("a line we write is one that ssh-keygen finds", () => {
    const type = { type: "ssh-ed25519", base64: ed25519 };
    const text = `${formatKnownHost(knownHostsName("H.example", 22), type)}\n${hashed(knownHostsName("h.example", 2200))}\n`;
    expect(keygenLines(text, "h.example")).toEqual([1]);
    expect(keygenLines(text, "[h.example]:2200")).toEqual([2]);
  });

  test("and one that ssh-keygen hashed is one that we find", () => {
    const file = join(dir, "to_hash");
    writeFileSync(file, `a.example ${key}\n[b.example]:2200 ${key}\n`);
    execFileSync("ssh-keygen", ["-H", "-f", file], { stdio: "ignore" });
    const text = execFileSync("cat", [file], { encoding: "utf8" });
    expect(text).not.toContain("example");
    expect(ourLines(text, "a.example")).toEqual([1]);
    expect(ourLines(text, "[b.example]:2200")).toEqual([2]);
    expect(ourLines(text, "b.example")).toEqual([]);
  });
});

describe("parseKnownHosts", () => {
  test.each([
    ["a key that is no base64", "h ssh-ed25519 !!!!"],
    ["a type that is not the key's", `h ssh-rsa ${ed25519}`],
    ["no key", "h ssh-ed25519"],
    ["only a host", "h"],
    ["an unknown marker", `@trusted h ${key}`],
    ["two markers", `@revoked @revoked h ${key}`],
    ["the format of SSH 1", "h 1024 35 1234567890"],
  ])("skips a line with %s", (_what, line) => {
    expect(parseKnownHosts(line, "f")).toEqual([]);
  });

  test("keeps file, line and marker", () => {
    expect(parseKnownHosts(`\n@revoked h,i ${key} comment`, "f")).toEqual([
      { file: "f", line: 2, marker: "revoked", hosts: "h,i", keyType: "ssh-ed25519", key: ed25519 },
    ]);
  });
});

describe("withoutHost", () => {
  const edit = (text: string, name = "h"): string | number => {
    const edited = withoutHost(text, name, hmac);
    return edited.ok ? edited.text : edited.line;
  };

  test("removes the name's lines and leaves everything else as it is", () => {
    const text = `# c\nh ${key}\ni ${key}\n${hashed("h")}\n@revoked h ${key}\nnonsense\n`;
    expect(edit(text)).toBe(`# c\ni ${key}\n@revoked h ${key}\nnonsense\n`);
  });

  test("keeps the other names of a line", () => {
    expect(edit(`a,h,b ${key} note\n`)).toBe(`a,b ${key} note\n`);
  });

  test("says which line it cannot edit: a pattern speaks of other hosts too", () => {
    expect(edit(`i ${key}\n* ${key}\n`)).toBe(2);
    expect(edit(`h,h* ${key}\n`)).toBe(1);
  });
});
