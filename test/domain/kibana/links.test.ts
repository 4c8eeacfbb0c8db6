import { expect, test } from "vitest";
import { kibanaLinks } from "../../../src/domain/kibana/links.ts";

const options = {
  dataset: "pictl",
  cluster: "shop",
  kibana: "https://k:5601/base/",
  container: undefined,
  node: undefined,
  from: "now-24h",
};

test("both dashboards and the events", () => {
  expect(kibanaLinks(options)).toEqual([
    {
      name: "cluster",
      url: "https://k:5601/base/app/dashboards#/view/pictl-pictl-shop-dashboard-cluster?_g=(time:(from:'now-24h',to:now))&_a=(query:(language:kuery,query:''))",
    },
    {
      name: "events",
      url: "https://k:5601/base/app/dashboards#/view/pictl-pictl-shop-dashboard-events?_g=(time:(from:'now-24h',to:now))&_a=(query:(language:kuery,query:''))",
    },
    {
      name: "discover",
      url: "https://k:5601/base/app/discover#/?_g=(time:(from:'now-24h',to:now))&_a=(columns:!(event.action,host.name,container.name,message),index:'pictl-pictl-shop-events',query:(language:kuery,query:''),sort:!(!('@timestamp',desc)))",
    },
  ]);
});

test("a container, a node and a time; nothing in them is syntax of Kibana, of its query or of a URL", () => {
  const [, , discover] = kibanaLinks({
    ...options,
    container: `we"b`,
    node: "n'1!&#",
    from: "2026-01-31T10:00:00.000Z",
  });
  const url = discover?.url ?? "";
  expect(url).toContain("from:'2026-01-31T10%3A00%3A00.000Z'");
  expect(decodeURIComponent(/kuery,query:'(.*?)'\)/.exec(url)?.[1] ?? "")).toBe(
    `container.name : "we\\"b" and host.name : "n!'1!!&#"`,
  );
});
