import { PictlError } from "../errors.ts";
import { fullDisk } from "../docker/client/said.ts";
import { pullFailure } from "../registry/pull-failure.ts";
import { parseReference } from "../registry/reference.ts";

/** What helps against a build that failed, by the lines of `buildFailureLines`, of which the first is the step. */
export function buildAdvice(
  said: readonly string[],
  { node, folder }: { readonly node: string; readonly folder: string },
): string {
  const text = said.join("\n");
  return fullDisk(text, node) ?? ofBaseImage(said, node) ?? `Correct its files in ${folder}, and try again.`;
}

/** Where the image that it is built on could not be pulled, the files are as good as they can be. */
function ofBaseImage([step = "", ...said]: readonly string[], node: string): string | undefined {
  const [, name = ""] = baseSteps.map((pattern) => pattern.exec(step)).find((match) => match !== null) ?? [];
  try {
    const place = { image: parseReference(name), node, username: undefined };
    return pullFailure(said.join("\n"), place)?.hint;
  } catch (error) {
    // No name of an image, such as a variable's.
    if (error instanceof PictlError) return undefined;
    throw error;
  }
}

const baseSteps = [
  /^Step \d+\/\d+ : FROM (?:--\S+ )*(\S+)/i,
  /^\[internal\] load metadata for (\S+)/,
  /^\[[^\]]+\] FROM (\S+)/i,
];
