import type { ConfigInspection } from "../../app/ports.ts";
import { ConfigInvalidError } from "../../domain/config/findings/problem.ts";
import { maskedDocument, unmaskedText } from "../../domain/config/secrets/mask.ts";
import { redact } from "../../domain/config/secrets/redact.ts";
import type { ConfigProblem } from "../../domain/config/types.ts";
import { renderDocument } from "./edit/document.ts";
import { readConfigFile } from "./file.ts";
import { type LoadPlace, loadParsed, placeInText } from "./load.ts";
import { parseConfigText, type ParseResult } from "./parse.ts";
import type { StoreOptions } from "./options.ts";

/** `EditableConfigStore.inspect`. */
export async function inspectConfig(path: string, options: StoreOptions): Promise<ConfigInspection> {
  const file = await readConfigFile(path);
  const parsed = parseConfigText(file.text);
  const problems = problemsOf(parsed, file.text, placeInText(path, file, options));
  const { text } = file;
  if (!parsed.ok) {
    // Where the secrets stand in it, nobody can tell.
    return { text, problems, document: undefined, shown: () => "", masked: () => "", unmasked: (after) => after };
  }
  const { root, value: document } = parsed;
  return {
    text,
    problems,
    document,
    shown: () => renderDocument(redact(document), text, root),
    masked: () => maskedDocument({ text, root }),
    unmasked: (after) => {
      const changed = parseConfigText(after);
      // What is wrong with it is told by whoever checks it.
      return changed.ok ? unmaskedText({ text: after, root: changed.root }, { text, root }) : after;
    },
  };
}

/** `EditableConfigStore.check`. */
export async function checkText(path: string, text: string, options: StoreOptions): Promise<readonly ConfigProblem[]> {
  const file = await readConfigFile(path);
  return problemsOf(parseConfigText(text), text, placeInText(path, file, options));
}

function problemsOf(parsed: ParseResult, text: string, place: LoadPlace): readonly ConfigProblem[] {
  try {
    return loadParsed(parsed, text, place).warnings;
  } catch (error) {
    if (error instanceof ConfigInvalidError) return error.problems;
    throw error;
  }
}
