import { scrypt, timingSafeEqual } from "node:crypto";
import type { PasswordHash } from "../../domain/access/accounts.ts";

/** Some 200 ms of one processor and 32 MB, also where that is a Raspberry Pi's few. */
const cost = { n: 2 ** 15, r: 8, p: 1 } as const;
const hashBytes = 32;

/** `salt`: 16 random bytes. */
export async function hashPassword(password: string, salt: Uint8Array): Promise<PasswordHash> {
  const hash = await derive(password, salt, cost);
  return { ...cost, salt: Buffer.from(salt).toString("base64"), hash: hash.toString("base64") };
}

export async function isPassword(password: string, kept: PasswordHash): Promise<boolean> {
  const hash = await derive(password, Buffer.from(kept.salt, "base64"), kept);
  const wanted = Buffer.from(kept.hash, "base64");
  return wanted.length === hash.length && timingSafeEqual(hash, wanted);
}

/** Takes as long as looking at a password does: nobody learns by it which users there are. */
export async function looksLikeWork(password: string): Promise<void> {
  await derive(password, new Uint8Array(16), cost);
}

function derive(password: string, salt: Uint8Array, { n, r, p }: typeof cost | PasswordHash): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    // What looks the same is the same, however a keyboard puts it together.
    scrypt(password.normalize("NFC"), salt, hashBytes, { N: n, r, p, maxmem: 256 * n * r }, (error, key) => {
      if (error) reject(error);
      else resolve(key);
    });
  });
}
