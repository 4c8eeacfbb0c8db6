import type { Link } from "../../domain/kibana/links.ts";

const names: Readonly<Record<Link["name"], string>> = {
  cluster: "Nodes and containers",
  events: "What happened",
  discover: "Events, one by one",
};

export function kibanaView({ links }: { readonly links: readonly Link[] }): string {
  return links.map(({ name, url }) => `${names[name]}\n  ${url}\n`).join("");
}
