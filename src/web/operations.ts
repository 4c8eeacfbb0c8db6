import type { Role } from "../domain/access/role.ts";
import { quote } from "../domain/shell.ts";
import type { OperationId } from "../operations/index.ts";

/** What the console knows of an operation. */
export interface OperationNote {
  /** `POST /nodes/:node/drain` */
  readonly route: string;
  readonly role: Role;
  /** Of its button. */
  readonly button: string;
  /** Null where no command does the same. */
  readonly command: string | null;
  /** Fields that are words of the command line and no flags. */
  readonly args: readonly string[];
  /** Fields whose flag has another name. */
  readonly flags: Readonly<Record<string, string>>;
  /** Fields that stand in no command line. */
  readonly hidden: readonly string[];
}

/** The table of src/operations, which the build puts here. */
declare const OPERATIONS: Readonly<Record<OperationId, OperationNote>>;

export type Input = Readonly<Record<string, unknown>>;

/** An operation as HTTP and the command line take it. */
export interface Request {
  readonly id: OperationId;
  readonly role: Role;
  readonly button: string;
  readonly method: string;
  /** Below `api/v1/`, with its query. */
  readonly path: string;
  readonly body: Input | undefined;
  /** Empty where no command does the same. */
  readonly command: string;
}

/** What is undefined, false, empty or an empty list is left out of `input`. */
export function requestOf(id: OperationId, input: Input): Request {
  const { route, role, button, command, args, flags, hidden } = OPERATIONS[id];
  const said = Object.entries(input).filter(([, value]) => says(value));
  const [method = "", place = ""] = route.split(" ");
  const inPath: string[] = [];
  const path = place
    .slice(1)
    .split("/")
    .map((part) => {
      if (!part.startsWith(":")) return part;
      inPath.push(part.slice(1));
      return encodeURIComponent(texts(input[part.slice(1)]).join(","));
    })
    .join("/");
  const rest = said.filter(([name]) => !inPath.includes(name));
  const query = method === "GET" ? new URLSearchParams(rest.flatMap(([name, value]) => pairs(name, value))) : "";
  const words = [
    ...args.flatMap((name) => texts(input[name]).map(quote)),
    ...said
      .filter(([name]) => ![...args, ...hidden, "all", "confirm"].includes(name))
      .flatMap(([name, value]) => flagWords(flags[name] ?? kebab(name), value)),
  ];
  return {
    id,
    role,
    button,
    method,
    path: String(query) === "" ? path : `${path}?${String(query)}`,
    body: method === "GET" ? undefined : Object.fromEntries(rest),
    command: command === null ? "" : ["pictl", command, ...words].join(" "),
  };
}

function says(value: unknown): boolean {
  return value !== undefined && value !== false && value !== "" && !(Array.isArray(value) && value.length === 0);
}

function texts(value: unknown): readonly string[] {
  if (value === undefined) return [];
  return (Array.isArray(value) ? value : [value]).map((each) =>
    typeof each === "string" ? each : JSON.stringify(each),
  );
}

function pairs(name: string, value: unknown): readonly [string, string][] {
  return texts(value).map((text) => [name, text]);
}

function flagWords(name: string, value: unknown): readonly string[] {
  return value === true ? [`--${name}`] : texts(value).flatMap((text) => [`--${name}`, quote(text)]);
}

/** `copyVolumes` → `copy-volumes`. */
function kebab(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
