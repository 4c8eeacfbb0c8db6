import { PictlError } from "../errors.ts";
import { hubName, parseRegistry } from "./address.ts";

/** The name of an image, taken apart; what was left out is filled in as docker does. */
export interface ImageReference {
  /** `docker.io`, else `host` or `host:port`. */
  readonly registry: string;
  /** Within the registry: `library/nginx`, `team/app`. */
  readonly path: string;
  readonly tag: string | undefined;
  /** `sha256:…` */
  readonly digest: string | undefined;
}

/** Letters of a name, as docker counts them (`distribution/reference`). */
const maxNameLength = 255;

const host =
  /(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])(?:\.(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9]))*/;
const domain = new RegExp(String.raw`^(?:${host.source}|\[[a-fA-F0-9:]+\])(?::[0-9]{1,5})?$`);
const component = /[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*/;
const path = new RegExp(String.raw`^${component.source}(?:/${component.source})*$`);
const tagPattern = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;
const digestLengths: Readonly<Record<string, number>> = { sha256: 64, sha384: 96, sha512: 128 };

/**
 * Reads `[REGISTRY/]PATH[:TAG][@DIGEST]` by the grammar of docker's `distribution/reference`. `registry` (of
 * `--registry`) is where a name without a registry belongs; the Hub when it is left out. Throws usage.
 */
export function parseReference(text: string, registry?: string): ImageReference {
  const refuse = (why: string): never => {
    throw new PictlError("usage", `"${shown(text)}" cannot be the name of an image: ${why}.`, {
      hint: "Names look like `nginx`, `nginx:1.27`, `team/app` or `registry.example.com:5000/team/app:2`.",
    });
  };
  // A text this long matches nothing, and the patterns need not try.
  if (text.length > maxNameLength + 300) refuse("it is too long");
  const [named = "", digest, ...more] = text.split("@");
  if (more.length > 0) refuse("it has more than one @");
  if (digest !== undefined && !isDigest(digest)) refuse("after the @ stands no digest such as sha256:…");
  const { domain: own, rest } = splitDomain(named);
  const colon = rest.indexOf(":");
  const repository = colon === -1 ? rest : rest.slice(0, colon);
  const tag = colon === -1 ? undefined : rest.slice(colon + 1);
  if (tag !== undefined && !isTag(tag)) {
    refuse("a tag is of letters, digits, _ . and -, begins with none of the last two, and has at most 128 characters");
  }
  if (repository === "") refuse("there is nothing before the tag");
  if (/[A-Z]/.test(repository)) refuse("capital letters are allowed in its tag only");
  if (!isRepository(repository)) {
    refuse("use small letters and digits, with single . or _, __ or dashes between them, and / between parts");
  }
  if (own === undefined && /^[a-f0-9]{64}$/.test(repository)) refuse("64 hexadecimal digits are an image's id");
  if (own !== undefined && !domain.test(own)) refuse(`${shown(own)} is no registry such as registry.example.com:5000`);
  const where = own === undefined ? (registry ?? hubName) : parseRegistry(own).name;
  if (registry !== undefined && where !== registry) {
    throw new PictlError("usage", `The name says the registry ${where}, and \`--registry\` says ${registry}.`, {
      hint: "Leave one of the two out.",
    });
  }
  const full = where === hubName && !repository.includes("/") ? `library/${repository}` : repository;
  if (where.length + 1 + full.length > maxNameLength) refuse(`a name has at most ${maxNameLength} characters`);
  return { registry: where, path: full, tag, digest };
}

/** A name of the node's own, for `--as`: docker keeps it as `docker.io/library/NAME`. Throws usage. */
export function localName(text: string): ImageReference {
  const reference = parseReference(text);
  if (reference.digest === undefined) return reference;
  throw new PictlError("usage", `"${shown(text)}" cannot be given to an image: a digest is no name.`);
}

/**
 * An image without a tag, and the registry that its name says, if it does. `path` is as written, because what it is
 * short for depends on the registry. Throws usage.
 */
export function parseRepository(text: string, registry?: string): { registry: string | undefined; path: string } {
  const reference = parseReference(text, registry === undefined ? undefined : parseRegistry(registry).name);
  if (reference.tag !== undefined || reference.digest !== undefined) {
    throw new PictlError("usage", `"${shown(text)}" names one tag or digest already.`, {
      hint: `List them all with \`pictl tags ${repositoryName(reference)}\`, some with \`--grep\`.`,
    });
  }
  const { domain: own, rest } = splitDomain(text);
  return { registry: own === undefined ? undefined : reference.registry, path: rest };
}

/** The name that docker shows, without tag: `nginx`, `registry:5000/team/app`. */
export function repositoryName({ registry, path }: Pick<ImageReference, "registry" | "path">): string {
  return registry === hubName ? path.replace(/^library\//, "") : `${registry}/${path}`;
}

/**
 * What docker calls an image on a node, whatever it was called: `nginx:latest` for `docker.io/library/nginx`. It knows
 * the Hub by fewer names than `parseReference`; what is not the name of an image stays as it is.
 */
export function familiarName(text: string): string {
  const { domain: own, rest } = splitDomain(text);
  const isOfHub = own === undefined || own === hubName || own === `index.${hubName}`;
  const name = isOfHub ? rest.replace(/^library\/(?=[^/]+$)/, "") : text;
  const [named = "", digest] = name.split("@");
  // A tag beside a digest says nothing.
  if (digest !== undefined) return `${named.replace(/:[^:/]+$/, "")}@${digest}`;
  return /:[^/]*$/.test(name) ? name : `${name}:latest`;
}

/** What docker is told to pull: the tag is always said, `latest` when there is neither tag nor digest. */
export function pullName(reference: ImageReference): string {
  const { digest } = reference;
  const tag = reference.tag ?? (digest === undefined ? "latest" : undefined);
  return `${repositoryName(reference)}${tag === undefined ? "" : `:${tag}`}${digest === undefined ? "" : `@${digest}`}`;
}

export function isRepository(text: string): boolean {
  return text.length <= maxNameLength && path.test(text);
}

export function isTag(text: string): boolean {
  return tagPattern.test(text);
}

export function isDigest(text: string): boolean {
  const [algorithm = "", hex = ""] = text.split(":");
  return text.split(":").length === 2 && /^[a-f0-9]+$/.test(hex) && digestLengths[algorithm] === hex.length;
}

/** Docker's rule: what is before the first slash is a registry if it has a dot, a colon or a capital, or is localhost. */
function splitDomain(name: string): { domain: string | undefined; rest: string } {
  const slash = name.indexOf("/");
  const first = name.slice(0, Math.max(0, slash));
  const isDomain = slash !== -1 && (/[.:A-Z]/.test(first) || first === "localhost");
  return isDomain ? { domain: first, rest: name.slice(slash + 1) } : { domain: undefined, rest: name };
}

function shown(text: string): string {
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
