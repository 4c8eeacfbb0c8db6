import { describe, expect, test } from "vitest";
import { checkFingerprint, compareCommand, planTrust, type SeenKey } from "../../../src/domain/node/trust.ts";

const request = { node: "n1", name: "[10.0.0.1]:2222", pinned: [], replace: false };

function key(type: string, status: SeenKey["status"], known?: SeenKey["known"]): SeenKey {
  return {
    type,
    fingerprint: `SHA256:${type}`,
    status,
    entry: status === "unknown" ? undefined : "/home/me/.ssh/known_hosts:3",
    ...(known ? { known } : {}),
  };
}

const ed = (status: SeenKey["status"]): SeenKey =>
  key("ssh-ed25519", status, status === "changed" ? { type: "ssh-ed25519", fingerprint: "SHA256:old" } : undefined);
/** Not of the kind that known_hosts has. */
const rsaUnseen = key("ssh-rsa", "changed", { type: "ssh-ed25519", fingerprint: "SHA256:ssh-ed25519" });

function plan(keys: readonly SeenKey[], more: Partial<Parameters<typeof planTrust>[1]> = {}): string {
  const planned = planTrust(keys, { ...request, ...more });
  return planned.kind === "keep"
    ? "keep"
    : `store ${planned.keys.map(({ type }) => type).join(", ")}${planned.asked ? ", once asked" : ""}`;
}

describe("what is done about the keys a host shows", () => {
  test.each([
    [
      "new ones are asked about",
      [ed("unknown"), key("ssh-rsa", "unknown")],
      {},
      "store ssh-ed25519, ssh-rsa, once asked",
    ],
    ["a trusted one is kept", [ed("trusted")], {}, "keep"],
    ["a trusted one is kept, with one of another kind", [ed("trusted"), rsaUnseen], {}, "keep"],
    [
      "a pinned one is not asked about, and no other is stored",
      [ed("unknown"), key("ssh-rsa", "unknown")],
      { pinned: ["SHA256:ssh-rsa"] },
      "store ssh-rsa",
    ],
    ["a changed one may be replaced", [ed("changed")], { replace: true }, "store ssh-ed25519, once asked"],
    [
      "a changed one may be replaced by the pinned one",
      [ed("changed"), key("ssh-rsa", "changed")],
      { replace: true, pinned: ["SHA256:ssh-ed25519"] },
      "store ssh-ed25519",
    ],
  ] as const)("%s", (_what, keys, more, expected) => {
    expect(plan(keys, more)).toBe(expected);
  });

  test.each([
    ["none", [], {}, "host-key-unknown", "[10.0.0.1]:2222 shows no host key of a kind that pictl knows."],
    [
      "a changed one",
      [ed("changed")],
      {},
      "host-key-changed",
      "THE HOST KEY OF [10.0.0.1]:2222 HAS CHANGED: it shows ssh-ed25519 SHA256:ssh-ed25519, and /home/me/.ssh/known_hosts:3 has ssh-ed25519 SHA256:old.",
    ],
    [
      "only one of another kind than the known one: the known one may be withheld",
      [rsaUnseen],
      {},
      "host-key-changed",
      "it shows ssh-rsa SHA256:ssh-rsa, and /home/me/.ssh/known_hosts:3 has ssh-ed25519 SHA256:ssh-ed25519.",
    ],
    [
      "a revoked one, whatever is asked",
      [ed("revoked")],
      { replace: true, pinned: ["SHA256:ssh-ed25519"] },
      "host-key-changed",
      "IS REVOKED",
    ],
    [
      "not the pinned one",
      [ed("unknown")],
      { pinned: ["SHA256:other"] },
      "host-key-changed",
      "and not SHA256:other; nothing was trusted.",
    ],
    [
      "not the pinned one, though trusted",
      [ed("trusted")],
      { pinned: ["SHA256:other"] },
      "host-key-changed",
      "nothing was trusted.",
    ],
    [
      "pinned, and a changed one beside it",
      [ed("changed"), key("ssh-rsa", "trusted")],
      { pinned: ["SHA256:ssh-rsa"] },
      "host-key-changed",
      "HAS CHANGED",
    ],
  ] as const)("refused: %s", (_what, keys, more, code, message) => {
    expect(() => plan(keys, more)).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(message) as string }) as Error,
    );
  });
});

test("the command that prints the same fingerprints on the console", () => {
  expect(compareCommand([{ type: "ssh-ed25519" }, { type: "ecdsa-sha2-nistp256" }, { type: "ssh-rsa" }])).toBe(
    "ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub; ssh-keygen -lf /etc/ssh/ssh_host_ecdsa_key.pub; " +
      "ssh-keygen -lf /etc/ssh/ssh_host_rsa_key.pub",
  );
});

test("a fingerprint is one of SHA256, whole", () => {
  const good = "SHA256:uNiVztksCsDhcc0u9e8BrqXGzFQkpXhGCqsVJmFu2k0";
  expect(checkFingerprint(good)).toBe(good);
  for (const bad of ["", "SHA256:", good.slice(0, -1), `${good}=`, "MD5:16:27:ac", good.slice(7), `${good}\n`]) {
    expect(() => checkFingerprint(bad)).toThrow(expect.objectContaining({ code: "usage" }) as Error);
  }
});
