import { PictlError } from "../errors.ts";

/** What is searched for, without blanks around it. Throws usage. */
export function parseTerm(text: string): string {
  const term = text.trim();
  if (term !== "" && term.length <= 100 && !/\p{Cc}/u.test(term)) return term;
  throw new PictlError(
    "usage",
    "The search term is empty, longer than 100 characters, or has control characters in it.",
  );
}

/**
 * The repositories of a catalog that fit a search, best first: the whole name, then names that begin with the term,
 * then those that hold it, each by the alphabet. Capitals do not matter. The last part of a name is its name.
 */
export function matching(repositories: readonly string[], term: string): string[] {
  const wanted = term.toLowerCase();
  const rank = (path: string): number => {
    const name = path.slice(path.lastIndexOf("/") + 1);
    return path === wanted || name === wanted ? 0 : name.startsWith(wanted) ? 1 : 2;
  };
  return repositories
    .filter((path) => path.includes(wanted))
    .sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : a > b ? 1 : 0));
}
