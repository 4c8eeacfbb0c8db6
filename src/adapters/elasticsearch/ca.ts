import { PictlError } from "../../domain/errors.ts";
import { readText, smallFileBytes, whyUnread } from "../../files/read.ts";

/** Rejects with elasticsearch-failed. */
export async function caText(path: string): Promise<string> {
  try {
    return await readText(path, { maxBytes: smallFileBytes });
  } catch (error) {
    throw new PictlError("elasticsearch-failed", `The CA file ${path} ${whyUnread(error)}.`, {
      hint: "Correct `elasticsearch_ca`; a relative path counts from the config's folder.",
    });
  }
}
