import { createHmac, randomBytes } from "node:crypto";
import type { EditableConfigStore } from "../../app/ports.ts";
import { PictlError } from "../../domain/errors.ts";
import * as field from "../fields.ts";

/** Of this process: from a plain digest of the text, whoever knows the rest of it could guess a short secret in it. */
const key = randomBytes(32);

/** Names what the config's file says; another text has another one. */
export async function configVersion(store: EditableConfigStore): Promise<string> {
  const { text } = await store.inspect();
  return createHmac("sha256", key).update(text).digest("base64url").slice(0, 22);
}

export const version = field.maybe(
  "Only when the config still is what had this version (`config.show`); HTTP has If-Match.",
);

/** Throws config-changed. */
export async function refuseOtherVersion(store: EditableConfigStore, wanted: string | undefined): Promise<void> {
  if (wanted === undefined || wanted === (await configVersion(store))) return;
  throw new PictlError("config-changed", `${store.path} has been changed since it was read; nothing was written.`, {
    hint: "Read it again, and make the change to what it says now.",
  });
}
