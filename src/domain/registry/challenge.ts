/** How a registry wants to be logged in to (RFC 9110, 11.6.1; distribution's token specification). */
export type Challenge =
  | { readonly scheme: "basic" }
  | {
      readonly scheme: "bearer";
      /** Where a token is asked for. */
      readonly realm: string;
      readonly service: string | undefined;
      readonly scope: string | undefined;
    };

const token = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
/** A scheme, or a parameter with its value. */
const element = String.raw`[\s,=]*(${token})(?:[ \t]*=[ \t]*(?:"((?:[^"\\]|\\.)*)"|(${token}))(?=[\s,]|$))?`;

/**
 * Reads a WWW-Authenticate header, which may hold several challenges; Bearer is chosen before Basic. undefined when
 * it holds neither, or no realm to ask for a token.
 */
export function parseChallenge(header: string): Challenge | undefined {
  const challenges = challengesOf(header);
  const bearer = challenges.find(({ scheme }) => scheme === "bearer")?.params;
  const realm = bearer?.get("realm");
  if (realm) return { scheme: "bearer", realm, service: bearer?.get("service"), scope: bearer?.get("scope") };
  return challenges.some(({ scheme }) => scheme === "basic") ? { scheme: "basic" } : undefined;
}

function challengesOf(header: string): { scheme: string; params: Map<string, string> }[] {
  const challenges: { scheme: string; params: Map<string, string> }[] = [];
  const elements = new RegExp(element, "y");
  for (let match = elements.exec(header); match; match = elements.exec(header)) {
    const [, name = "", quoted, bare] = match;
    const value = quoted?.replaceAll(/\\(.)/g, "$1") ?? bare;
    if (value === undefined) challenges.push({ scheme: name.toLowerCase(), params: new Map() });
    else challenges.at(-1)?.params.set(name.toLowerCase(), value);
  }
  return challenges;
}
