import type { Placement } from "../../config/types.ts";
import { object, text } from "../../docker/json.ts";
import { secretAssignment } from "../../secrets/secret-name.ts";

/** What a container was made from, as its label keeps it: without the value of any variable. */
export interface Asked {
  readonly image: string;
  /** Words of `docker run`; what may be secret in them is masked. */
  readonly args: readonly string[];
  readonly command: readonly string[];
  /** Names, sorted. */
  readonly env: readonly string[];
  readonly secrets: readonly string[];
}

const mask = "…";

export function askedOf(placement: Placement): Asked {
  return {
    image: placement.image ?? placement.container,
    args: maskedArguments(placement.args),
    command: (placement.command ?? []).map(maskedText),
    env: Object.keys(placement.env).sort(),
    secrets: Object.keys(placement.secrets).sort(),
  };
}

/** Undefined for what no pictl has written. */
export function parseAsked(label: string | undefined): Asked | undefined {
  if (label === undefined) return undefined;
  try {
    const json = object(JSON.parse(label));
    const words = (key: string): readonly string[] => (Array.isArray(json[key]) ? json[key].map(text) : []);
    return {
      image: text(json["image"]),
      args: words("args"),
      command: words("command"),
      env: words("env"),
      secrets: words("secrets"),
    };
  } catch {
    return undefined;
  }
}

/** Labels are shown by more programs than `docker inspect`: a variable's value may be a password. */
export function maskedArguments(args: readonly string[]): readonly string[] {
  return args.map((word, at) => {
    if (["-e", "--env"].includes(args[at - 1] ?? "")) return withoutValue(word);
    const [, flag, variable] = /^(--env=|-e=?)(.+)$/s.exec(word) ?? [];
    return flag === undefined || variable === undefined ? maskedText(word) : `${flag}${withoutValue(variable)}`;
  });
}

function withoutValue(variable: string): string {
  return variable.includes("=") ? `${variable.slice(0, variable.indexOf("="))}=${mask}` : variable;
}

/** Without what looks like a password in it. */
export function maskedText(word: string): string {
  return word.replace(/(:\/\/[^\s/@:]*:)[^\s/@]*@/g, `$1${mask}@`).replace(secretAssignment, `$1${mask}`);
}
