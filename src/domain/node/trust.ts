import { PictlError } from "../errors.ts";

/** A host key as it was shown, against what known_hosts has. */
export interface SeenKey {
  /** `ssh-ed25519`, `ecdsa-sha2-nistp256`, `ssh-rsa` … */
  readonly type: string;
  /** `SHA256:…` as `ssh-keygen -l` prints it. */
  readonly fingerprint: string;
  readonly status: "trusted" | "unknown" | "changed" | "revoked";
  /** `file:line` of the entry that decided, if there is one. */
  readonly entry: string | undefined;
  /** That entry's key. */
  readonly known?: { readonly type: string; readonly fingerprint: string };
}

export interface TrustRequest {
  readonly node: string;
  /** The name in known_hosts. */
  readonly name: string;
  /** Fingerprints that the user vouches for; empty when a person is to be asked. */
  readonly pinned: readonly string[];
  readonly replace: boolean;
}

/**
 * What is to be done about the keys a host shows. `keep`: it is trusted already. `store`: these, once agreed to;
 * `asked` false when pinned fingerprints have agreed. Throws host-key-changed and host-key-unknown, the refusals.
 */
export type TrustPlan =
  | { readonly kind: "keep" }
  | { readonly kind: "store"; readonly keys: readonly SeenKey[]; readonly asked: boolean };

export function planTrust(keys: readonly SeenKey[], request: TrustRequest): TrustPlan {
  const { node, name, pinned, replace } = request;
  if (keys.length === 0) {
    throw new PictlError("host-key-unknown", `${name} shows no host key of a kind that pictl knows.`, {
      node,
      hint: "Compare with `sshd -T | grep hostkey` on the node; pictl speaks Ed25519, ECDSA and RSA with SHA-2.",
    });
  }
  const revoked = keys.find((key) => key.status === "revoked");
  if (revoked) throw revokedKey(revoked, request);
  const vouched = pinned.length === 0 ? keys : keys.filter((key) => pinned.includes(key.fingerprint));
  if (vouched.length === 0) throw notPinned(keys, request);
  const trusted = keys.some((key) => key.status === "trusted");
  const changed = keys.filter((key) => key.status === "changed" && !(trusted && isOfAnotherKind(key)));
  if (changed.length === 0 && trusted) return { kind: "keep" };
  if (changed.length > 0 && !replace) throw changedKeys(changed, request);
  return { kind: "store", keys: vouched, asked: pinned.length === 0 };
}

/** A host whose Ed25519 key is trusted may have an RSA key as well that nobody has seen yet. */
function isOfAnotherKind({ type, known }: SeenKey): boolean {
  return known !== undefined && known.type !== type;
}

function revokedKey(key: SeenKey, { node, name }: TrustRequest): PictlError {
  return new PictlError(
    "host-key-changed",
    `THE HOST KEY OF ${name} IS REVOKED: it shows ${shownKey(key)}, which ${key.entry ?? "known_hosts"} marks as @revoked.`,
    {
      node,
      hint: "Give the machine a new host key (`ssh-keygen -A` after removing the old one); this one is never trusted.",
    },
  );
}

function notPinned(keys: readonly SeenKey[], { node, name, pinned }: TrustRequest): PictlError {
  return new PictlError(
    "host-key-changed",
    `${name} shows ${keys.map(shownKey).join(", ")}, and not ${pinned.join(" or ")}; nothing was trusted.`,
    { node, hint: "Whoever answers there is not the machine that the fingerprint was taken from." },
  );
}

function changedKeys(keys: readonly SeenKey[], { node, name }: TrustRequest): PictlError {
  const differences = keys.map(
    (key) =>
      `it shows ${shownKey(key)}, and ${key.entry ?? "known_hosts"} has ${key.known ? shownKey(key.known) : "another"}`,
  );
  return new PictlError("host-key-changed", `THE HOST KEY OF ${name} HAS CHANGED: ${differences.join("; ")}.`, {
    node,
    hint:
      "The machine was reinstalled, or somebody is between you and it. Only if you know why it changed: compare the new " +
      `fingerprint on its console (\`${compareCommand(keys)}\`), then \`pictl node trust ${node} --replace\`.`,
  });
}

/** What prints the fingerprints of these keys on the machine that has them. */
export function compareCommand(keys: readonly Pick<SeenKey, "type">[]): string {
  const files = [...new Set(keys.map((key) => keyFile(key.type)))];
  return files.map((file) => `ssh-keygen -lf ${file}`).join("; ");
}

function keyFile(type: string): string {
  const kind = type.startsWith("ecdsa") ? "ecdsa" : type === "ssh-rsa" ? "rsa" : type.replace(/^ssh-/, "");
  return `/etc/ssh/ssh_host_${kind}_key.pub`;
}

function shownKey({ type, fingerprint }: Pick<SeenKey, "type" | "fingerprint">): string {
  return `${type} ${fingerprint}`;
}

/** `SHA256:` and 43 characters of base64, as `ssh-keygen -l` prints it. Throws usage. */
export function checkFingerprint(text: string): string {
  if (/^SHA256:[A-Za-z0-9+/]{43}$/.test(text)) return text;
  throw new PictlError(
    "usage",
    `${JSON.stringify(text.slice(0, 80))} is no fingerprint: expected SHA256: and 43 letters, digits, + and /.`,
    {
      hint: "`ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub` on the node prints it.",
    },
  );
}

/** Throws usage when fingerprints are given for any number of nodes but one. */
export function oneForFingerprints(nodes: number, fingerprints: readonly string[]): void {
  if (fingerprints.length === 0 || nodes === 1) return;
  throw new PictlError("usage", `A fingerprint is one machine's, and ${String(nodes)} nodes are meant.`, {
    hint: "Name one node with `--fingerprint`.",
  });
}
