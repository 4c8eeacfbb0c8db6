import { quote } from "../shell.ts";
import { deployOf, option, restartOf, scaleOf } from "./deploy.ts";
import { healthOf } from "./health.ts";
import { mountsOf, type Places } from "./mounts.ts";
import { type NetworkName, networksOf } from "./networks.ts";
import { portsOf } from "./ports.ts";
import { isSecretName } from "../secrets/secret-name.ts";
import {
  each,
  isList,
  isMap,
  isOn,
  type Json,
  joined,
  note,
  nothing,
  pairsOf,
  type Taken,
  textOf,
  textsOf,
} from "./values.ts";

type Service = Readonly<Record<string, Json>>;

/** What surrounds a service in its compose file. */
export interface Surroundings extends Places {
  readonly network: NetworkName;
  /** A path of this machine, as the config is to say it. */
  readonly local: (path: string) => string;
  /** The entry's name of a service. */
  readonly entryName: (service: string) => string;
  /** Whether another service waits until this one has ended well: then it is meant to end. */
  readonly isMeantToEnd: boolean;
}

/** A service as a layout entry, with notes on what is left out. */
export function entryOf(
  name: string,
  service: Service,
  around: Surroundings,
): { entry: Readonly<Record<string, unknown>>; notes: readonly string[] } {
  const taken = joined([
    ...Object.entries(service).map(([key, value]) => take(key, value, around)),
    networksOf(service, name, around.network),
    commandOf(service),
    around.isMeantToEnd ? { entry: { restart: "never" } } : restartOf(service["restart"], service["deploy"]),
    ...(service["image"] !== undefined && service["build"] !== undefined
      ? [note(`image: what is built is called ${name} here, and pushed nowhere`)]
      : []),
  ]);
  const { image, build, ...rest } = taken.entry;
  const source = build === undefined ? { image } : { build };
  const args = taken.args.map(quote).join(" ");
  return { entry: { ...source, ...(args === "" ? {} : { args }), ...rest }, notes: taken.notes };
}

function take(key: string, value: Json, around: Surroundings): Taken {
  if (value === null || key.startsWith("x-")) return nothing;
  const table = keys[key];
  if (table !== undefined) return table(value, around);
  if (elsewhere.has(key)) return nothing;
  return note(`${key}: ${notSupported[key] ?? "pictl does not know this key"}`);
}

/** What `commandOf`, `networksOf` and `restartOf` read, which need more than one key. */
const elsewhere = new Set([
  "command",
  "entrypoint",
  "networks",
  "network_mode",
  "restart",
  "container_name",
  "profiles",
]);

const text = (flag: string) => (value: Json) => option(flag, value);
const texts = (flag: string) => (value: Json) => each(flag, textsOf(value));
const pairs =
  (flag: string, between = "=") =>
  (value: Json) =>
    each(
      flag,
      pairsOf(value).map(([name, found]) => (found === undefined ? name : `${name}${between}${found}`)),
    );
const on = (flag: string) => (value: Json) => (isOn(value) ? { args: [flag] } : nothing);

const keys: Readonly<Record<string, (value: Json, around: Surroundings) => Taken>> = {
  image: (value) => ({ entry: { image: textOf(value) } }),
  build: (value, { local }) => buildOf(value, local),
  ports: (value) => portsOf(value),
  volumes: (value, around) => mountsOf(value, around),
  environment: (value) => environmentOf(value),
  env_file: (value, { local }) => envFileOf(value, local),
  depends_on: (value, { entryName }) => ({
    entry: { after: (isMap(value) ? Object.keys(value) : textsOf(value)).map(entryName) },
    notes: Object.entries(isMap(value) ? value : {}).flatMap(([service, need]) =>
      isMap(need) && isOn(need["restart"])
        ? [`depends_on.${service}.restart: when that is made anew, \`pictl restart\` this one`]
        : [],
    ),
  }),
  healthcheck: (value) => healthOf(value),
  deploy: (value) => deployOf(value),
  scale: (value) => scaleOf(value),
  tmpfs: texts("--tmpfs"),
  labels: pairs("--label"),
  annotations: pairs("--annotation"),
  sysctls: pairs("--sysctl"),
  extra_hosts: pairs("--add-host", ":"),
  expose: texts("--expose"),
  cap_add: texts("--cap-add"),
  cap_drop: texts("--cap-drop"),
  devices: texts("--device"),
  device_cgroup_rules: texts("--device-cgroup-rule"),
  dns: texts("--dns"),
  dns_opt: texts("--dns-option"),
  dns_search: texts("--dns-search"),
  group_add: texts("--group-add"),
  security_opt: texts("--security-opt"),
  storage_opt: pairs("--storage-opt"),
  ulimits: (value) => ulimitsOf(value),
  logging: (value) => loggingOf(value),
  hostname: text("--hostname"),
  domainname: text("--domainname"),
  mac_address: text("--mac-address"),
  user: text("--user"),
  userns_mode: text("--userns"),
  working_dir: text("--workdir"),
  ipc: text("--ipc"),
  pid: (value) => text("--pid")((textOf(value) ?? "").replace(/^service:/, "container:")),
  uts: text("--uts"),
  cgroup: text("--cgroupns"),
  cgroup_parent: text("--cgroup-parent"),
  isolation: text("--isolation"),
  runtime: text("--runtime"),
  platform: text("--platform"),
  shm_size: text("--shm-size"),
  stop_signal: text("--stop-signal"),
  stop_grace_period: (value) => stopTimeoutOf(value),
  mem_limit: text("--memory"),
  mem_reservation: text("--memory-reservation"),
  mem_swappiness: text("--memory-swappiness"),
  memswap_limit: text("--memory-swap"),
  oom_score_adj: text("--oom-score-adj"),
  oom_kill_disable: on("--oom-kill-disable"),
  pids_limit: text("--pids-limit"),
  cpus: text("--cpus"),
  cpuset: text("--cpuset-cpus"),
  cpu_shares: text("--cpu-shares"),
  cpu_quota: text("--cpu-quota"),
  cpu_period: text("--cpu-period"),
  gpus: text("--gpus"),
  init: on("--init"),
  privileged: on("--privileged"),
  read_only: on("--read-only"),
  stdin_open: on("--interactive"),
  tty: on("--tty"),
  volumes_from: (value) =>
    each(
      "--volumes-from",
      textsOf(value).map((from) => from.replace(/^container:/, "")),
    ),
};

const notSupported: Readonly<Record<string, string>> = {
  configs: "put the file on the node and mount it with `volumes`",
  secrets: "give them as `secrets` of the entry: variables whose values stay out of command lines",
  extends: "run `docker compose config` first, and import what it prints",
  links: "services of one network find each other by their names",
  external_links: "join that container's network instead, and use its name",
  develop: "it is for development on one machine",
  pull_policy: "`pictl pull` and `pictl create` say when an image is pulled",
  attach: "`pictl logs` says whose output is shown",
  blkio_config: "write the `--blkio-…` and `--device-…-bps` flags into its args",
  credential_spec: "it is for Windows",
  post_start: "hooks in a container are not there; put them into its entrypoint",
  pre_stop: "hooks in a container are not there; put them into its entrypoint",
  provider: "it is run by compose itself",
  models: "it is run by compose itself",
  use_api_socket: "mount /var/run/docker.sock with `volumes`",
  label_file: "write them as `labels`",
};

function buildOf(value: Json, local: Surroundings["local"]): Taken {
  const context = isMap(value) ? textOf(value["context"]) : textOf(value);
  const others = isMap(value) ? Object.keys(value).filter((key) => key !== "context") : [];
  return {
    entry: { build: local(context ?? ".") },
    notes: others.map((key) => `build.${key}: ${buildReasons[key] ?? "only the folder counts"}`),
  };
}

const buildReasons: Readonly<Record<string, string>> = {
  args: "write the values into the Dockerfile, as defaults of its ARGs",
  dockerfile: "what is built is the folder's Dockerfile; rename it, or give it a folder of its own",
  dockerfile_inline: "write it to the folder's Dockerfile",
  target: "the last stage of the Dockerfile is built",
};

/** The command, with what an entrypoint of several words leaves for it: docker takes the first word alone. */
function commandOf(service: Service): Taken {
  const entrypoint = service["entrypoint"] ?? null;
  const command = service["command"] ?? null;
  if (entrypoint === null)
    return command === null ? nothing : { entry: { command: isList(command) ? textsOf(command) : textOf(command) } };
  if (!isList(entrypoint) || !(command === null || isList(command))) {
    const shell = [
      textOf(entrypoint) ?? textsOf(entrypoint).map(quote).join(" "),
      textOf(command) ?? textsOf(command).map(quote).join(" "),
    ];
    return { args: ["--entrypoint", "/bin/sh"], entry: { command: ["-c", `exec ${shell.join(" ").trim()}`] } };
  }
  const [first = "", ...rest] = textsOf(entrypoint);
  const words = [...rest, ...textsOf(command)];
  return { args: ["--entrypoint", first], ...(words.length === 0 ? {} : { entry: { command: words } }) };
}

function environmentOf(value: Json): Taken {
  const found = pairsOf(value);
  const isSecret = ([name, text]: readonly [string, string | undefined]): boolean =>
    text === undefined || (isSecretName(name) && text !== "");
  const env = found.filter((each) => !isSecret(each));
  const secrets = found.filter(isSecret).map(([name, text]) => [name, text ?? `env:${name}`] as const);
  return {
    entry: {
      ...(env.length === 0 ? {} : { env: Object.fromEntries(env) }),
      ...(secrets.length === 0 ? {} : { secrets: Object.fromEntries(secrets) }),
    },
  };
}

function envFileOf(value: Json, local: Surroundings["local"]): Taken {
  const files = isList(value) ? value : [value];
  const [first, ...more] = files.flatMap((each) => textOf(isMap(each) ? each["path"] : each) ?? []);
  const mayBeMissing = files.some((each) => isMap(each) && each["required"] === false);
  return {
    ...(first === undefined ? {} : { entry: { env_file: local(first) } }),
    notes: [
      ...(more.length === 0 ? [] : [`env_file: an entry has one; ${more.join(", ")} must be joined to ${first ?? ""}`]),
      ...(mayBeMissing ? ["env_file: it must be there; compose was told that it may be missing"] : []),
    ],
  };
}

function ulimitsOf(value: Json): Taken {
  if (!isMap(value)) return nothing;
  return each(
    "--ulimit",
    Object.entries(value).map(([name, limit]) =>
      isMap(limit)
        ? `${name}=${textOf(limit["soft"]) ?? ""}:${textOf(limit["hard"]) ?? ""}`
        : `${name}=${textOf(limit) ?? ""}`,
    ),
  );
}

function loggingOf(value: Json): Taken {
  if (!isMap(value)) return nothing;
  return joined([option("--log-driver", value["driver"]), pairs("--log-opt")(value["options"] ?? null)]);
}

/** `1m30s` as seconds. */
function stopTimeoutOf(value: Json): Taken {
  const parts = [...(textOf(value) ?? "").matchAll(/(\d+(?:\.\d+)?)(h|ms|m|s|us)/g)];
  const seconds = parts.reduce((sum, [, amount, unit = "s"]) => sum + Number(amount) * (secondsOf[unit] ?? 0), 0);
  return { args: ["--stop-timeout", String(Math.ceil(seconds))] };
}

const secondsOf: Readonly<Record<string, number>> = { h: 3600, m: 60, s: 1, ms: 0.001, us: 0.000_001 };
