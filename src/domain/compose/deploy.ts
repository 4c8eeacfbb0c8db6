import { isMap, type Json, joined, note, nothing, type Taken, textOf, textsOf } from "./values.ts";

/** `deploy`, and the older keys beside it that say the same. */
export function deployOf(value: Json | undefined): Taken {
  if (!isMap(value)) return nothing;
  const resources = isMap(value["resources"]) ? value["resources"] : {};
  const limits = isMap(resources["limits"]) ? resources["limits"] : {};
  const reservations = isMap(resources["reservations"]) ? resources["reservations"] : {};
  return joined([
    option("--cpus", limits["cpus"]),
    option("--memory", limits["memory"]),
    option("--pids-limit", limits["pids"]),
    option("--memory-reservation", reservations["memory"]),
    reservations["devices"] === undefined
      ? nothing
      : note("deploy.resources.reservations.devices: write `--gpus all` or `--device` into its args"),
    updateOf(value["update_config"]),
    replicasOf(value),
    ...["placement", "rollback_config", "endpoint_mode", "labels"].map((key) =>
      value[key] === undefined ? nothing : note(`deploy.${key}: ${reasons[key] ?? ""}`),
    ),
  ]);
}

/** Docker's restart policy, of `restart` or of `deploy.restart_policy`. */
export function restartOf(restart: Json | undefined, deploy: Json | undefined): Taken {
  const policy = isMap(deploy) && isMap(deploy["restart_policy"]) ? deploy["restart_policy"] : {};
  const attempts = textOf(policy["max_attempts"]);
  const condition = {
    none: "no",
    any: "always",
    "on-failure": `on-failure${attempts === undefined ? "" : `:${attempts}`}`,
  }[textOf(policy["condition"]) ?? ""];
  // YAML 1.1 reads a bare `no` as false, and so does compose.
  const word = restart === false ? "no" : (textOf(restart) ?? condition);
  return word === undefined || word === "no" ? nothing : { args: ["--restart", word] };
}

export function option(flag: string, value: Json | undefined): Taken {
  const text = textOf(value);
  return text === undefined ? nothing : { args: [flag, text] };
}

function updateOf(value: Json | undefined): Taken {
  if (!isMap(value)) return nothing;
  const atOnce = Number(textOf(value["parallelism"]) ?? "1");
  const stopFirst = value["order"] === "stop-first";
  const update = {
    ...(atOnce > 1 ? { at_once: atOnce } : {}),
    ...(stopFirst ? { swap: "stop-first" } : {}),
    ...(value["failure_action"] === "rollback" ? { on_failure: "rollback" } : {}),
  };
  const notes = [
    ...(value["delay"] === undefined
      ? []
      : ["deploy.update_config.delay: the next copy waits until this one passes its check"]),
    ...(value["failure_action"] === "continue"
      ? ["deploy.update_config.failure_action: it stops at a copy that fails"]
      : []),
  ];
  return { ...(Object.keys(update).length === 0 ? {} : { entry: { update } }), notes };
}

function replicasOf(deploy: Readonly<Record<string, Json>>): Taken {
  if (deploy["mode"] === "global") return note("deploy.mode global: name every node for it, with --place");
  const replicas = Number(textOf(deploy["replicas"]) ?? "1");
  if (replicas === 1) return nothing;
  return note(
    replicas === 0
      ? "deploy.replicas 0: pictl has no place for what does not run; take it out, or `pictl stop` it"
      : `deploy.replicas ${String(replicas)}: one copy runs on each node; name so many nodes, with --place`,
  );
}

const reasons: Readonly<Record<string, string>> = {
  placement: "nodes are named with --node and --place; where it may fail over to is `container_host_constraints`",
  rollback_config: "a copy that does not pass is put back at once, always",
  endpoint_mode: "it is Swarm's; there is none here",
  labels: `they are the service's in Swarm, which has none here; the container's are \`labels\``,
};

/** `scale`, which older files have instead of `deploy.replicas`. */
export function scaleOf(value: Json | undefined): Taken {
  return replicasOf({ replicas: textsOf(value)[0] ?? "1" });
}
