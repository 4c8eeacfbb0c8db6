import { savedIds, type SavedFor } from "./saved-objects.ts";

export interface LinkOptions extends SavedFor {
  /** Kibana's address. */
  readonly kibana: string;
  readonly container: string | undefined;
  readonly node: string | undefined;
  /** As Kibana takes it: `now-24h`, or RFC 3339. */
  readonly from: string;
}

export interface Link {
  readonly name: "cluster" | "events" | "discover";
  readonly url: string;
}

/** Links into Kibana: both dashboards, and the events themselves, of one container or node where that is asked for. */
export function kibanaLinks(options: LinkOptions): readonly Link[] {
  const { kibana, container, node, from } = options;
  const ids = savedIds(options);
  const base = kibana.replace(/\/+$/, "");
  const global = `_g=(time:(from:${rison(from)},to:now))`;
  const query = [
    ...(container === undefined ? [] : [`container.name : ${kql(container)}`]),
    ...(node === undefined ? [] : [`host.name : ${kql(node)}`]),
  ].join(" and ");
  const app = `query:(language:kuery,query:${rison(query)})`;
  const columns = "columns:!(event.action,host.name,container.name,message)";
  return [
    { name: "cluster", url: `${base}/app/dashboards#/view/${ids.cluster}?${global}&_a=(${app})` },
    { name: "events", url: `${base}/app/dashboards#/view/${ids.happened}?${global}&_a=(${app})` },
    {
      name: "discover",
      url: `${base}/app/discover#/?${global}&_a=(${columns},index:${rison(ids.events)},${app},sort:!(!('@timestamp',desc)))`,
    },
  ];
}

/** A value of KQL, whole: nothing in it is a wildcard or an operator. */
function kql(text: string): string {
  return `"${text.replaceAll(/["\\]/g, "\\$&")}"`;
}

/** A string as Kibana's URLs have them. */
function rison(text: string): string {
  return `'${encodeURIComponent(text.replaceAll(/[!']/g, "!$&")).replaceAll("'", "%27")}'`;
}
