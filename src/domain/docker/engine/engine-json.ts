import type { EnvVariable } from "../../container/environment/variables.ts";
import { isAlive } from "../../container/stop/grace.ts";
import { Secret } from "../../secrets/secret.ts";
import { visible } from "../../text.ts";
import type {
  ContainerFacts,
  ContainerState,
  DiskFacts,
  EngineInfo,
  ImageDeclares,
  ImageFacts,
  PublishedPort,
  StopMark,
} from "../facts.ts";
import { labels } from "../labels.ts";
import { type JsonObject, list, number, object, text, texts } from "../json.ts";
import { familiarOf, type Product } from "./product.ts";

/**
 * Turns the Docker Engine API's answers into facts. Fields: https://docs.docker.com/reference/api/engine/
 *
 * Names are made visible here: Docker gives none with a control character in it, and what lies about its names would break the
 * lines of every sentence that has one.
 */

/** One row of `GET /containers/json`; undefined when it has no id. What is not in the list is null here (`withInspection`). */
export function containerFromList(row: unknown, product: Product): ContainerFacts | undefined {
  const json = object(row);
  const id = text(json["Id"]);
  if (id === "") return undefined;
  const statusText = text(json["Status"]);
  const networks = Object.entries(object(object(json["NetworkSettings"])["Networks"]));
  return {
    id,
    name: containerName(list(json["Names"])),
    imageId: text(json["ImageID"]),
    image: visible(familiarOf(product, text(json["Image"]))),
    state: containerState(text(json["State"])),
    statusText,
    health: healthOf(statusText),
    labels: ownNameVisible(texts(json["Labels"])),
    createdAt: number(json["Created"]),
    startedAtMs: null,
    finishedAtMs: null,
    healthDecidesMs: null,
    exitCode: exitCodeOf(statusText),
    restarts: null,
    stopTimeoutSeconds: null,
    ports: list(json["Ports"]).flatMap(publishedPort),
    volumes: list(json["Mounts"])
      .map(object)
      .filter((mount) => mount["Type"] === "volume")
      .map((mount) => ({ name: visible(text(mount["Name"])), target: text(mount["Destination"]) })),
    networkMode: text(object(json["HostConfig"])["NetworkMode"]),
    networks: networks.map(([name]) => visible(name)),
    addresses: Object.fromEntries(
      networks
        .map(([name, network]) => [visible(name), text(object(network)["IPAddress"])] as const)
        .filter(([, address]) => address !== ""),
    ),
  };
}

/**
 * Whether the list, which was asked first, did not have it yet that a container began or ended. Docker tells of its end, and
 * only then writes it into its list; `GET /containers/ID/json` waits until it has.
 */
export function isBehind(listed: ContainerFacts, inspection: unknown): boolean {
  const runs = object(object(inspection)["State"])["Running"];
  return typeof runs === "boolean" && runs !== isAlive(listed);
}

/** Adds what only `GET /containers/ID/json` knows. */
export function withInspection(facts: ContainerFacts, inspection: unknown): ContainerFacts {
  const state = object(object(inspection)["State"]);
  const stopTimeout = object(object(inspection)["Config"])["StopTimeout"];
  const ended = facts.state === "exited" || facts.state === "dead" || facts.state === "restarting";
  const json = object(inspection);
  return {
    ...facts,
    restarts: number(json["RestartCount"]),
    env: list(object(json["Config"])["Env"]).map(text).map(variable),
    joined: joinedBy(object(json["HostConfig"])),
    startedAtMs: timeOf(state["StartedAt"]),
    finishedAtMs: timeOf(state["FinishedAt"]),
    healthDecidesMs: healthDecidesMs(object(object(inspection)["Config"])["Healthcheck"]),
    exitCode: ended && typeof state["ExitCode"] === "number" ? state["ExitCode"] : facts.exitCode,
    stopTimeoutSeconds: typeof stopTimeout === "number" ? stopTimeout : null,
  };
}

/** Of `GET /containers/ID/json`: where the node reaches it while it runs, and whose network it uses if it has none. */
export function containerNetwork(inspection: unknown): {
  readonly addresses: readonly string[];
  readonly of: string | undefined;
} {
  const json = object(inspection);
  if (object(json["State"])["Running"] !== true) return { addresses: [], of: undefined };
  const mode = text(object(json["HostConfig"])["NetworkMode"]);
  if (mode === "host") return { addresses: ["127.0.0.1"], of: undefined };
  const networks = Object.values(object(object(json["NetworkSettings"])["Networks"])).map(object);
  const addresses = networks
    .flatMap((network) => [text(network["IPAddress"]), text(network["GlobalIPv6Address"])])
    .filter((address) => address !== "");
  return { addresses, of: /^container:(.+)$/.exec(mode)?.[1] };
}

/** Docker's word for never is a time long ago. */
function timeOf(value: unknown): number | null {
  const time = Date.parse(text(value));
  return Number.isFinite(time) && time > 0 ? time : null;
}

/** Of `Config.Healthcheck`, in nanoseconds, with Docker's defaults for what is not said. */
function healthDecidesMs(healthcheck: unknown): number | null {
  if (!declaresHealthcheck(healthcheck)) return null;
  const said = object(healthcheck);
  const ms = (key: string, otherwise: number): number => (number(said[key]) || otherwise * 1e9) / 1e6;
  const tries = number(said["Retries"]) || 3;
  return ms("StartPeriod", 0) + tries * (ms("Interval", 30) + ms("Timeout", 30));
}

function declaresHealthcheck(healthcheck: unknown): boolean {
  const [kind] = list(object(healthcheck)["Test"]).map(text);
  return kind !== undefined && kind !== "NONE";
}

/** What the last run of the HEALTHCHECK said, in `GET /containers/ID/json`; empty when it has said nothing. */
export function healthOutput(body: unknown): string {
  const last = list(object(object(object(body)["State"])["Health"])["Log"]).at(-1);
  return text(object(last)["Output"]).trim();
}

/** `NAME=value` as it is in the container. */
function variable(line: string): EnvVariable {
  const equals = line.indexOf("=");
  return equals === -1 ? [line, new Secret("")] : [line.slice(0, equals), new Secret(line.slice(equals + 1))];
}

/** `container:ID` in the modes that share something of another container. */
function joinedBy(host: Readonly<Record<string, unknown>>): readonly string[] {
  return ["NetworkMode", "IpcMode", "PidMode"].flatMap((key) => {
    const id = /^container:(.+)$/.exec(text(host[key]))?.[1];
    return id === undefined ? [] : [id];
  });
}

/** The marks among `GET /volumes`. */
export function stopMarks(body: unknown): readonly StopMark[] {
  return list(object(body)["Volumes"]).flatMap((row) => {
    const json = object(row);
    const own = texts(json["Labels"]);
    const id = own[labels.stopped];
    if (id === undefined || id === "") return [];
    return [
      {
        id,
        container: visible(own[labels.container] ?? ""),
        cluster: own[labels.cluster] ?? "",
        by: visible(own[labels.stoppedBy] ?? "somebody"),
        at: visible(own[labels.stoppedAt] ?? ""),
        volume: text(json["Name"]),
      },
    ];
  });
}

/** One row of `GET /images/json`; undefined when it has no id. */
export function imageFromList(row: unknown, product: Product): ImageFacts | undefined {
  const json = object(row);
  const id = text(json["Id"]);
  if (id === "") return undefined;
  return {
    id,
    tags: list(json["RepoTags"])
      .map(text)
      .filter((tag) => tag !== "" && tag !== "<none>:<none>")
      .map((tag) => visible(familiarOf(product, tag))),
    digests: list(json["RepoDigests"])
      .map(text)
      .filter((name) => name !== "" && !name.endsWith("@<none>"))
      .map((name) => visible(familiarOf(product, name))),
    sizeBytes: number(json["Size"]),
    createdAt: number(json["Created"]),
    labels: texts(json["Labels"]),
  };
}

/** `GET /system/df`. `SharedSize` is -1 where it was not counted. */
export function diskFacts(body: unknown): DiskFacts {
  const json = object(body);
  const images = list(json["Images"]).map(object);
  const containers = list(json["Containers"]).map(object);
  return {
    imageBytes: Object.fromEntries(
      images.map((row) => [text(row["Id"]), number(row["Size"]) - Math.max(0, number(row["SharedSize"]))]),
    ),
    containerBytes: Object.fromEntries(containers.map((row) => [text(row["Id"]), number(row["SizeRw"])])),
  };
}

/** The layers in `GET /images/ID/json`. */
export function imageLayers(body: unknown): readonly string[] {
  return list(object(object(body)["RootFS"])["Layers"]).map(text);
}

/** What `GET /images/ID/json` declares for its containers. */
export function imageDeclares(body: unknown): ImageDeclares {
  const config = object(object(body)["Config"]);
  return {
    volumes: Object.keys(object(config["Volumes"])),
    healthcheck: declaresHealthcheck(config["Healthcheck"]),
  };
}

/** `GET /distribution/NAME/json`; what is for another system, or for none (an attestation), is left out. */
export function imagePlatforms(body: unknown): readonly string[] {
  return list(object(body)["Platforms"])
    .map(object)
    .filter((platform) => text(platform["os"]) === "linux")
    .map((platform) => [text(platform["architecture"]), text(platform["variant"])].filter((part) => part !== ""))
    .map((parts) => parts.join("/"));
}

/** `GET /info`. */
export function engineInfo(body: unknown, product: Product): EngineInfo {
  const json = object(body);
  return {
    id: text(json["ID"]),
    product,
    ...(keepsManifests(json) ? { containerd: true as const } : {}),
    serverVersion: text(json["ServerVersion"]),
    containersRunning: number(json["ContainersRunning"]),
    containers: number(json["Containers"]),
    images: number(json["Images"]),
    architecture: text(json["Architecture"]),
    operatingSystem: text(json["OperatingSystem"]),
    kernelVersion: text(json["KernelVersion"]),
    memoryBytes: number(json["MemTotal"]),
    cpus: number(json["NCPU"]),
  };
}

function keepsManifests(json: JsonObject): boolean {
  const rows = list(json["DriverStatus"]).map((row) => list(row).map(text));
  return rows.some(([key, value]) => key === "driver-type" && value?.startsWith("io.containerd.") === true);
}

/** A container linked from another has several names, its own is the one without a second slash. */
function containerName(names: readonly unknown[]): string {
  const known = names.map((name) => text(name).replace(/^\//, "")).filter((name) => name !== "");
  return visible(known.find((name) => !name.includes("/")) ?? known[0] ?? "");
}

/** Whoever runs a container chooses its labels, and this one is told as its name. */
function ownNameVisible(own: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const name = own[labels.container];
  return name === undefined || name === visible(name) ? own : { ...own, [labels.container]: visible(name) };
}

const states: ReadonlySet<string> = new Set<ContainerState>([
  "created",
  "running",
  "paused",
  "restarting",
  "removing",
  "exited",
  "dead",
]);

/** `stopped` is podman's word; an unknown word must not pass as running. */
function containerState(word: string): ContainerState {
  const lower = word.toLowerCase();
  return states.has(lower) ? (lower as ContainerState) : "exited";
}

function healthOf(statusText: string): ContainerFacts["health"] {
  const word = /\((healthy|unhealthy|health: starting)\)/.exec(statusText)?.[1];
  if (word === "healthy" || word === "unhealthy") return word;
  return word === undefined ? null : "starting";
}

function exitCodeOf(statusText: string): number | null {
  const code = /^(?:Exited|Restarting) \((-?\d+)\)/.exec(statusText)?.[1];
  return code === undefined ? null : Number(code);
}

/** Exposed ports that are not published have no PublicPort and are left out. */
function publishedPort(row: unknown): PublishedPort[] {
  const json = object(row);
  const publicPort = number(json["PublicPort"]);
  if (publicPort === 0) return [];
  return [{ ip: text(json["IP"]), publicPort, privatePort: number(json["PrivatePort"]), protocol: text(json["Type"]) }];
}
