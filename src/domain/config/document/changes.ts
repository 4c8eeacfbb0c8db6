import { maskedArguments, maskedText } from "../../container/drift/asked.ts";
import { mayBeSecretName } from "../../secrets/secret-name.ts";
import { quote } from "../../shell.ts";
import { formatPath, type ConfigPath } from "./path.ts";
import { isSecretPath, redact } from "../secrets/redact.ts";
import { splitWords } from "./words.ts";

/** What a document says now and said before, by place (`layout[0].web`); what is missing on one side was not there. */
export interface ConfigChanges {
  readonly before: Readonly<Record<string, unknown>>;
  readonly after: Readonly<Record<string, unknown>>;
}

/** Of more places than these the rest is only counted (`…`). */
const maxPlaces = 100;

/** What differs between two config documents, without anything in it that is secret or may be. */
export function configChanges(before: unknown, after: unknown): ConfigChanges {
  const places = differences(before, after, []);
  const told = places.slice(0, maxPlaces);
  const rest = places.length - told.length;
  const side = (of: (place: Difference) => unknown): Record<string, unknown> =>
    Object.fromEntries(
      told.flatMap((place) => {
        const value = of(place);
        return value === undefined ? [] : [[formatPath(place.path) || "config", withoutSecrets(value, place.path)]];
      }),
    );
  return {
    before: side((place) => place.before),
    after: { ...side((place) => place.after), ...(rest > 0 ? { "…": `${String(rest)} more` } : {}) },
  };
}

/** What has been edited in a config, as an event tells it. */
export function editedPlaces(
  edits: readonly { readonly path: ConfigPath; readonly before?: unknown; readonly after?: unknown }[],
): ConfigChanges {
  const side = (of: "before" | "after"): Record<string, unknown> =>
    Object.fromEntries(
      edits.flatMap((edit) =>
        edit[of] === undefined ? [] : [[formatPath(edit.path), withoutSecrets(edit[of], edit.path)]],
      ),
    );
  return { before: side("before"), after: side("after") };
}

interface Difference {
  readonly path: ConfigPath;
  readonly before: unknown;
  readonly after: unknown;
}

function differences(before: unknown, after: unknown, path: ConfigPath): readonly Difference[] {
  if (isObject(before) && isObject(after) && Array.isArray(before) === Array.isArray(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return keys.flatMap((key) =>
      differences(own(before, key), own(after, key), [...path, Array.isArray(before) ? Number(key) : key]),
    );
  }
  return JSON.stringify(before) === JSON.stringify(after) ? [] : [{ path, before, after }];
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

function own(value: Readonly<Record<string, unknown>>, key: string): unknown {
  return Object.hasOwn(value, key) ? value[key] : undefined;
}

/**
 * An event goes further than a config: to hooks, to receivers of notices, to Elasticsearch. So what `config show` leaves
 * in plain is hidden here, too, where it may be a password: values of variables, and the paths of URLs.
 */
function withoutSecrets(value: unknown, path: ConfigPath): unknown {
  return plainless(redact(value, path), path);
}

function plainless(value: unknown, path: ConfigPath): unknown {
  if (Array.isArray(value)) return value.map((item, index) => plainless(item, [...path, index]));
  if (isObject(value)) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plainless(item, [...path, key])]));
  }
  if (typeof value !== "string" || isSecretPath(path)) return value;
  const [section, index, third, fourth] = path;
  if (section === "layout" && (path.length === 3 || (path.length === 4 && fourth === "args")) && third !== "node") {
    return argumentsWithoutSecrets(value);
  }
  if (section === "layout" && fourth === "env") return mayBeSecretName(String(path[4])) ? mask : maskedText(value);
  const urls = section === "hooks" || fourth === "hooks" || (section === "notify" && third === "to");
  if (urls || index === undefined) return urls ? value.replace(urlPath, `$1${mask}`) : maskedText(value);
  return maskedText(value);
}

const mask = "…";
const urlPath = /([a-z][a-z0-9+.-]*:\/\/[^\s/"']*\/)[^\s"']+/gi;

/** Arguments of `docker run` without what may be secret in them. */
export function argumentsWithoutSecrets(text: string): string {
  const split = splitWords(text);
  if (!split.ok) return mask;
  return maskedArguments(split.words.map((word) => word.text))
    .map((word) => (word.includes(mask) ? word : quote(word)))
    .join(" ");
}
