import { PictlError } from "../errors.ts";
import { visible } from "../text.ts";
import { hubName } from "./address.ts";
import { type ImageReference, repositoryName, pullName } from "./reference.ts";

export interface PullPlace {
  readonly image: ImageReference;
  readonly node: string;
  /** Who logged in for this pull; undefined when nobody did. */
  readonly username: string | undefined;
}

/**
 * What docker's words mean when it could not log in or pull, and what to do: image-missing, registry-denied,
 * registry-unreachable, registry-failed or disk-full. undefined when they say none of these.
 */
export function pullFailure(stderr: string, place: PullPlace): PictlError | undefined {
  const kind = kinds.find(({ says }) => says.test(stderr));
  return (
    kind && new PictlError(kind.code, kind.message(place, stderr), { node: place.node, hint: kind.hint(place, stderr) })
  );
}

interface Kind {
  readonly says: RegExp;
  readonly code: "image-missing" | "registry-denied" | "registry-unreachable" | "registry-failed" | "disk-full";
  readonly message: (place: PullPlace, stderr: string) => string;
  /** The same for all nodes, so that one failure on many of them is told once. */
  readonly hint: (place: PullPlace, stderr: string) => string;
}

const logInHint = ({ image, username }: PullPlace): string =>
  username === undefined
    ? `Log in: \`pictl pull ${pullName(image)} --username USER\`; the password is asked for, or read by \`--password-stdin\`.`
    : `Check the user ${username}, the password (the Hub and many others want an access token instead) and what it may read.`;

/** The first that fits decides: docker nests the words of one failure in those of another. */
const kinds: readonly Kind[] = [
  {
    says: /no space left on device|disk quota exceeded/i,
    code: "disk-full",
    message: ({ image }) => `The disk is full, so ${pullName(image)} could not be unpacked.`,
    hint: () => "`pictl prune` removes unused images; `pictl nodes` shows how full the disk is.",
  },
  {
    says: /server gave HTTP response to HTTPS client/i,
    code: "registry-unreachable",
    message: ({ image }) => `The registry ${image.registry} speaks plain HTTP, which docker on the node refuses.`,
    hint: ({ image }) =>
      `Give the registry TLS; or add {"insecure-registries": ["${image.registry}"]} to /etc/docker/daemon.json on the node and restart docker there.`,
  },
  {
    says: /x509:|tls: failed to verify|certificate (?:signed by unknown|has expired|is not)/i,
    code: "registry-unreachable",
    message: ({ image }) => `docker on the node does not trust the certificate of the registry ${image.registry}.`,
    hint: ({ image }, stderr) =>
      /expired|not yet valid/i.test(stderr)
        ? `The certificate has run out, or the clock of the node is wrong (\`pictl doctor\`).`
        : `Put the registry's CA certificate into /etc/docker/certs.d/${image.registry}/ca.crt on the node; docker need not be restarted.`,
  },
  {
    says: /toomanyrequests|too many requests|pull rate limit/i,
    code: "registry-failed",
    message: ({ image }) => `The registry ${image.registry} allows no more pulls for now: too many requests.`,
    hint: () => "Wait, or log in (`--username USER`): it allows more to those it knows.",
  },
  {
    says: /no matching manifest for|no match for platform|does not match the specified platform/i,
    code: "image-missing",
    message: ({ image }) => `${pullName(image)} is not made for this node's architecture.`,
    hint: ({ image }) => `\`pictl tags ${repositoryName(image)}\` may show for which architectures there are tags.`,
  },
  {
    says: /no basic auth credentials|unauthorized|authentication required|incorrect username or password|401 Unauthorized|403 Forbidden/i,
    code: "registry-denied",
    message: ({ image, username }) =>
      username === undefined
        ? `The registry ${image.registry} wants a login.`
        : `The registry ${image.registry} refused the login of ${username}.`,
    hint: logInHint,
  },
  {
    says: /pull access denied|requested access to the resource is denied|repository does not exist/i,
    code: "image-missing",
    message: ({ image }) =>
      `${image.registry === hubName ? "Docker Hub" : image.registry} has no image ${repositoryName(image)}, or it is private.`,
    hint: (place) =>
      `Check the name (\`pictl search ${lastPart(place.image.path)}\`). If it is private: ${lowerFirst(logInHint(place))}`,
  },
  {
    says: /manifest unknown|manifest for .* not found|not found: manifest|name unknown|repository name not known|failed to resolve reference .*: not found|no such manifest/i,
    code: "image-missing",
    message: ({ image }) => `The registry ${image.registry} has no ${pullName(image)}.`,
    hint: ({ image }) =>
      `\`pictl tags ${repositoryName(image)}\` lists what there is, \`pictl search ${lastPart(image.path)}\` finds names.`,
  },
  {
    says: /dial tcp|no such host|connection refused|i\/o timeout|no route to host|network is unreachable|Client\.Timeout exceeded|TLS handshake timeout|context deadline exceeded|connection reset by peer|proxyconnect|unexpected EOF|: EOF\s*$/i,
    code: "registry-unreachable",
    message: ({ image }, stderr) => `The node cannot reach the registry ${image.registry}${why(stderr)}.`,
    hint: ({ image }) => {
      const host = image.registry === hubName ? "registry-1.docker.io" : image.registry;
      return `Try \`curl -sS https://${host}/v2/\` on the node: its name resolution, route, firewall and proxy count.`;
    },
  },
];

/** Docker's words, without those that differ from node to node. */
function why(stderr: string): string {
  const said =
    /(?:dial tcp|proxyconnect|net\/http|read tcp).*$|context deadline exceeded|EOF/im.exec(stderr)?.[0] ?? "";
  const same = said.replaceAll(/\b(?:read|write) (?:udp|tcp) \S+->\S+: /g, "").trim();
  return same === "" ? "" : ` (${visible(same.slice(0, 200))})`;
}

function lastPart(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

function lowerFirst(sentence: string): string {
  return sentence.charAt(0).toLowerCase() + sentence.slice(1);
}
