/** The data streams of a cluster, named TYPE-DATASET-NAMESPACE as Elastic's own are. */
export interface Streams {
  readonly events: string;
  readonly nodes: string;
  readonly containers: string;
}

export function streamsOf({ dataset, cluster }: { readonly dataset: string; readonly cluster: string }): Streams {
  // A dash would begin the next part of the name.
  const [set, space] = [part(dataset), part(cluster)];
  return {
    events: `logs-${set}.events-${space}`,
    nodes: `metrics-${set}.node-${space}`,
    containers: `metrics-${set}.container-${space}`,
  };
}

export function part(text: string): string {
  return text.replaceAll("-", "_");
}
