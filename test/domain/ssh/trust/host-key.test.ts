import { describe, expect, test } from "vitest";
import { hostKeyAlgorithms, judgeHostKey } from "../../../../src/domain/ssh/trust/host-key.ts";
import type { KnownHost } from "../../../../src/domain/ssh/trust/known-hosts.ts";

const entry = (keyType: string, key: string, marker?: KnownHost["marker"]): KnownHost => ({
  file: "f",
  line: 1,
  marker,
  hosts: "h",
  keyType,
  key,
});
const shown = { type: "ssh-ed25519", base64: "K" };
const same = entry("ssh-ed25519", "K");
const other = entry("ssh-ed25519", "L");
const rsa = entry("ssh-rsa", "R");
const verdict = (own: KnownHost[], portless: KnownHost[] = []): string => judgeHostKey(shown, { own, portless }).kind;

describe("judgeHostKey", () => {
  test.each([
    ["nothing known", [], "unknown"],
    ["the same key", [same], "trusted"],
    ["another key of the type", [other], "changed"],
    ["the same key, behind another one", [other, same], "trusted"],
    ["only keys of other types: the known one is kept from us", [rsa], "changed"],
    ["the key, revoked", [entry("ssh-ed25519", "K", "revoked")], "revoked"],
    ["the key, trusted and revoked", [same, entry("ssh-ed25519", "K", "revoked")], "revoked"],
    ["another key, revoked", [entry("ssh-ed25519", "L", "revoked")], "unknown"],
    ["only an authority", [entry("ssh-ed25519", "C", "cert-authority")], "authority"],
    ["the same key, and an authority", [same, entry("ssh-ed25519", "C", "cert-authority")], "trusted"],
  ])("%s: %s → %s", (_what, own, expected) => {
    expect(verdict(own)).toBe(expected);
  });

  test.each([
    ["vouches", [same], "trusted"],
    ["has it revoked", [entry("ssh-ed25519", "K", "revoked")], "revoked"],
    ["cannot contradict another port's", [other], "unknown"],
  ])("the bare name of a host on another port %s", (_what, portless, expected) => {
    expect(verdict([], portless)).toBe(expected);
  });

  test("the bare name is not asked when the port's own entry contradicts", () => {
    expect(verdict([other], [same])).toBe("changed");
  });
});

describe("hostKeyAlgorithms", () => {
  const inOrder = (...own: KnownHost[]): string => hostKeyAlgorithms({ own, portless: [] }).join(" ");
  const usual = "ssh-ed25519 ecdsa-sha2-nistp256 ecdsa-sha2-nistp384 ecdsa-sha2-nistp521 rsa-sha2-512 rsa-sha2-256";

  test("nothing known: the best first", () => {
    expect(inOrder()).toBe(usual);
  });

  test("a known RSA key is asked for first, with SHA-2", () => {
    expect(inOrder(rsa)).toBe(
      "rsa-sha2-512 rsa-sha2-256 ssh-ed25519 ecdsa-sha2-nistp256 ecdsa-sha2-nistp384 ecdsa-sha2-nistp521",
    );
  });

  test("a revoked key's type is no reason to ask for it", () => {
    expect(inOrder(entry("ssh-rsa", "R", "revoked"))).toBe(usual);
  });
});
