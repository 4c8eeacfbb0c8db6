import pMap from "p-map";
import type { Engine } from "../../app/ports.ts";
import {
  containerFromList,
  containerNetwork,
  diskFacts,
  engineInfo,
  healthOutput,
  imageDeclares,
  imageFromList,
  imageLayers,
  imagePlatforms,
  isBehind,
  stopMarks,
  withInspection,
} from "../../domain/docker/engine/engine-json.ts";
import type { ContainerFacts } from "../../domain/docker/facts.ts";
import type { JsonLimits } from "../../domain/json-reader.ts";
import { list } from "../../domain/docker/json.ts";
import { labels } from "../../domain/docker/labels.ts";
import { statsSample } from "../../domain/docker/engine/stats.ts";
import { PictlError } from "../../domain/errors.ts";
import { type Api, ofManyThings, ofTheDisk } from "./api.ts";
import { engineEvents } from "./events.ts";
import { readContainerLogs } from "./logs.ts";

const marked = JSON.stringify({ label: [labels.stopped] });

/** The reading methods over one node's API; every one of them ends when `signal` is aborted. */
export function createEngine(node: string, api: Api, signal: AbortSignal): Engine {
  return {
    info: async () => engineInfo(await api.get("/info", signal), api.product()),
    containers: async (known) => {
      return inspectOurs(api, await listed(api, "", signal, ofManyThings), signal, known);
    },
    addresses: (name) => addressesOf(api, name, signal),
    container: async (name) => {
      // Podman 4 knows the name without the slash.
      const rows = await listed(api, only({ name: [`^/?${name.replaceAll(".", "\\.")}$`] }), signal);
      const named = rows.filter((facts) => facts.name === name);
      const [found] = await inspectOurs(api, named, signal);
      return found;
    },
    stopMarks: async () => stopMarks(await api.get(`/volumes?filters=${encodeURIComponent(marked)}`, signal)),
    stats: async (id) => {
      const path = `/containers/${encodeURIComponent(id)}/stats?stream=false&one-shot=true`;
      const body = await api.get(path, signal);
      if (body === undefined) throw new PictlError("docker-failed", "The container is gone.", { node, container: id });
      return statsSample(body);
    },
    images: async () => {
      const rows = list(await api.get("/images/json", signal, ofManyThings));
      return rows.map((row) => imageFromList(row, api.product())).filter((facts) => facts !== undefined);
    },
    disk: async () => diskFacts(await api.get("/system/df", signal, ofTheDisk)),
    layers: async (id) => imageLayers(await api.get(`/images/${encodeURIComponent(id)}/json`, signal)),
    declares: async (id) => imageDeclares(await api.get(`/images/${encodeURIComponent(id)}/json`, signal)),
    healthOutput: async (id) => healthOutput(await api.get(`/containers/${encodeURIComponent(id)}/json`, signal)),
    platforms: async (reference) => {
      const body = await api.get(`/distribution/${reference}/json`, signal);
      if (body === undefined) throw new PictlError("docker-failed", `No registry knows ${reference}.`, { node });
      return imagePlatforms(body);
    },
    logs: (id, options) => readContainerLogs({ node, api }, id, options),
    events: (options) => engineEvents({ node, api }, options),
  };
}

/** One that uses the network of another has the addresses of that one, which may use those of a third. */
async function addressesOf(
  api: Api,
  name: string,
  signal: AbortSignal,
  depth = 0,
): Promise<readonly string[] | undefined> {
  const inspection = await api.get(`/containers/${encodeURIComponent(name)}/json`, signal);
  if (inspection === undefined) return undefined;
  const network = containerNetwork(inspection);
  if (network.of === undefined || depth >= maxShared) return network.addresses;
  return (await addressesOf(api, network.of, signal, depth + 1)) ?? [];
}

const maxShared = 3;

/** The containers in Docker's list, those that run and those that do not. */
async function listed(api: Api, filter: string, signal: AbortSignal, limits?: JsonLimits): Promise<ContainerFacts[]> {
  const rows = list(await api.get(`/containers/json?all=1${filter}`, signal, limits));
  return rows.map((row) => containerFromList(row, api.product())).filter((facts) => facts !== undefined);
}

function only(filters: Readonly<Record<string, readonly string[]>>): string {
  return `&filters=${encodeURIComponent(JSON.stringify(filters))}`;
}

/**
 * Fills in what the list lacks (when each was started, how long it may take to stop) for the containers that pictl made; strangers on the node
 * cost nothing, theirs stays null. One that is removed meanwhile keeps what the list said of it.
 */
function inspectOurs(
  api: Api,
  containers: readonly ContainerFacts[],
  signal: AbortSignal,
  known: (facts: ContainerFacts) => ContainerFacts | undefined = () => undefined,
): Promise<ContainerFacts[]> {
  const inspect = async (facts: ContainerFacts): Promise<ContainerFacts> => {
    if (!(labels.cluster in facts.labels) || facts.state === "created") return facts;
    const before = known(facts);
    if (before) return before;
    const inspection = await api.get(`/containers/${facts.id}/json`, signal);
    if (inspection === undefined) return facts;
    const [now = facts] = isBehind(facts, inspection) ? await listed(api, only({ id: [facts.id] }), signal) : [facts];
    return withInspection(now, inspection);
  };
  // After the first failure no more are begun, so that a hung engine costs one deadline and not one for each.
  return pMap(containers, inspect, { concurrency: 8 });
}
