import { signal } from "@preact/signals";

/** Where the console is, as the address says behind `#/`: `containers/web@n1?tab=logs`. */
export interface Route {
  readonly page: string;
  readonly rest: readonly string[];
  readonly query: URLSearchParams;
}

export const route = signal<Route>(read());

addEventListener("hashchange", () => {
  route.value = read();
});

export function go(path: string): void {
  location.hash = `/${path}`;
}

/** Puts a part of the view into the address, without a step back. */
export function remember(changes: Readonly<Record<string, string>>): void {
  const { page, rest, query } = route.value;
  for (const [key, value] of Object.entries(changes)) {
    if (value === "") query.delete(key);
    else query.set(key, value);
  }
  const text = query.toString();
  const path = [page, ...rest.map(encodeURIComponent)].join("/");
  history.replaceState(null, "", `#/${path}${text === "" ? "" : `?${text}`}`);
}

function read(): Route {
  const [path = "", query = ""] = location.hash.replace(/^#\/?/, "").split("?");
  const [page = "", ...rest] = path.split("/").map(decoded);
  return { page: page === "" ? "overview" : page, rest, query: new URLSearchParams(query) };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
