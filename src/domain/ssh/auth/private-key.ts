/**
 * The public half of a private key file, which OpenSSH's own format keeps readable beside an encrypted private half
 * (PROTOCOL.key): so a server can be asked whether it wants the key before anybody is asked for the passphrase.
 * Returns the public key's blob as base64, or undefined for other formats.
 */
export function publicHalf(keyFile: string): string | undefined {
  const body = /-----BEGIN OPENSSH PRIVATE KEY-----([A-Za-z0-9+/=\s]+)-----END OPENSSH PRIVATE KEY-----/.exec(
    keyFile,
  )?.[1];
  if (body === undefined) return undefined;
  const bytes = atob(body.replace(/\s+/g, ""));
  const magic = "openssh-key-v1\0";
  if (!bytes.startsWith(magic)) return undefined;
  let at = magic.length;
  const string = (): string => {
    const length = uint32(bytes, at);
    const text = bytes.slice(at + 4, at + 4 + length);
    at += 4 + length;
    return text;
  };
  string(); // cipher
  string(); // key derivation function
  string(); // its options
  at += 4; // number of keys, always 1
  const blob = string();
  return blob === "" ? undefined : btoa(blob);
}

function uint32(bytes: string, at: number): number {
  return [0, 1, 2, 3].reduce((sum, i) => sum * 256 + (bytes.charCodeAt(at + i) || 0), 0);
}
