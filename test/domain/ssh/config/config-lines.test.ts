import { describe, expect, test } from "vitest";
import { hostClass, parseConfigLines, plainOptions } from "../../../../src/domain/ssh/config/config-lines.ts";

test("parseConfigLines: keywords in any case, with = or not, quotes, comments", () => {
  expect(parseConfigLines('# c\n\nHost a "b c"\n\tPORT = 22\nUser=me \nnonsense\n')).toEqual([
    { keyword: "host", words: ["a", "b c"] },
    { keyword: "port", words: ["22"] },
    { keyword: "user", words: ["me"] },
  ]);
});

describe("plainOptions: OpenSSH need not be asked at all", () => {
  const plain = (text: string): unknown => plainOptions(parseConfigLines(text));

  test.each([
    ["no configuration", "", []],
    [
      "Debian's",
      "Host *\n SendEnv LANG LC_*\n HashKnownHosts yes\n GSSAPIAuthentication yes",
      [["hashknownhosts", ["yes"]]],
    ],
  ])("%s", (_what, text, expected) => {
    expect(plain(text)).toEqual(new Map(expected as [string, string[]][]));
  });

  test.each(["Host *\n User me", "Host a\n HashKnownHosts yes", "Match all\n HashKnownHosts yes", "ProxyJump b"])(
    "but here: %j",
    (text) => {
      expect(plain(text)).toBeUndefined();
    },
  );
});

describe("hostClass", () => {
  const classes = (text: string, ...hosts: string[]): (string | undefined)[] =>
    hosts.map((host) => hostClass(parseConfigLines(text), host));

  test("hosts that match the same patterns are of one class", () => {
    const text = "Host web* !web9\n Port 1\nHost *9\n User me\nHost *\n User you";
    const [web1, web2, web9, db] = classes(text, "web1", "WEB2", "web9", "db");
    expect(web1).toBe(web2);
    expect(new Set([web1, web9, db]).size).toBe(3);
  });

  test.each([
    ["Match host web*", "a Match"],
    ["HostName %h.example.com", "a token of the host"],
    ["CanonicalizeHostname yes", "names that are looked up"],
    ["HostName web1", "a HostName that is this very host"],
  ])("%s: alone, because of %s", (text) => {
    expect(classes(text, "web1")).toEqual([undefined]);
  });

  test.each([
    "ProxyCommand nc %h %p",
    "ControlPath /tmp/%C",
    "Match all",
    "CanonicalizeHostname no",
    "IdentityFile ~/%r",
  ])("%s is the same for all", (text) => {
    expect(classes(text, "web1", "web2")).toEqual(["", ""]);
  });
});
