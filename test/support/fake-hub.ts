/** Docker Hub's API as far as it is documented, with 250 images to find and two that have tags. */
import { type Exchange, fakeHttp, type FakeHttp } from "./fake-http.ts";

/** Who may see the private image. */
export const hubAccount = { username: "joe", password: "dckr_pat_canary" } as const;

export function startFakeHub(): Promise<FakeHttp> {
  return fakeHttp((exchange) => {
    const { url, method } = exchange;
    const repository = /^\/v2\/namespaces\/([^/]+)\/repositories\/([^/]+)\/tags$/.exec(url.pathname);
    if (method === "POST" && url.pathname === "/v2/auth/token") logIn(exchange);
    else if (url.pathname === "/v2/search/repositories/") page(exchange, 250, found);
    else if (repository) tags(exchange, `${repository[1] ?? ""}/${repository[2] ?? ""}`);
    else exchange.json({ message: "not found" }, 404);
  });
}

function logIn({ body, json }: Exchange): void {
  const { identifier, secret } = JSON.parse(body) as Record<string, unknown>;
  if (identifier === hubAccount.username && secret === hubAccount.password) json({ access_token: "jwt.of.joe" });
  else json({ detail: "Incorrect authentication credentials" }, 401);
}

function tags(exchange: Exchange, name: string): void {
  const allowed = name === "library/nginx" || exchange.headers.authorization === "Bearer jwt.of.joe";
  if (!allowed || !["library/nginx", "team/private"].includes(name))
    exchange.json({ message: "object not found" }, 404);
  else page(exchange, 130, tag);
}

function page({ url, json }: Exchange, count: number, row: (index: number) => object): void {
  const size = Number(url.searchParams.get("page_size"));
  const number = Number(url.searchParams.get("page"));
  if (!(size >= 1 && size <= 100 && number >= 1)) {
    json({ message: "bad page" }, 400);
    return;
  }
  const start = (number - 1) * size;
  const length = Math.max(0, Math.min(size, count - start));
  const next = start + length < count ? `https://hub.docker.com${url.pathname}?page=${number + 1}` : null;
  json({ count, next, previous: null, results: Array.from({ length }, (_, index) => row(start + index)) });
}

function found(index: number): object {
  return {
    repo_name: index === 0 ? "image0" : `team/image${index}`,
    short_description: `Image ${index}`,
    star_count: 1000 - index,
    pull_count: 5_000_000_000 - index,
    repo_owner: "",
    is_automated: false,
    is_official: index === 0,
  };
}

function tag(index: number): object {
  return {
    name: `1.${index}`,
    full_size: 1_000_000,
    last_updated: "2026-01-02T03:04:05.678901Z",
    digest: `sha256:${"0a".repeat(32)}`,
    images: [{ architecture: "amd64" }, { architecture: "arm", variant: "v7" }, { architecture: "unknown" }],
  };
}
