import { addContainer } from "../../app/container/add.ts";
import { argumentsWithoutSecrets } from "../../domain/config/document/changes.ts";
import * as common from "../common.ts";
import * as field from "../fields.ts";
import { operation } from "../operation.ts";

export const containerAdd = operation(
  {
    id: "container.add",
    command: "container add",
    args: ["name"],
    route: "POST /containers",
    // Arguments of `docker run` can give a container everything that root has.
    role: "admin",
    changes: true,
    summary: "Add a container to the config: layout, heartbeat and constraints together.",
    button: "Add container",
    output: "container add",
    exclusive: [
      ["image", "build"],
      ["checkTimeout", "noCheck"],
    ],
    input: {
      name: field.words("What the container is called."),
      node: field.some("The nodes to place it on: one instance on each.", { names: "node" }),
      args: field.maybe("Arguments of `docker run`, in one string.", { maxLength: 64 * 1024 }),
      image: field.maybe("A registry's image, instead of one that is built.", { names: "image" }),
      build: field.maybe("Build it from this folder, as the config says folders: counted from its own."),
      hb: field.whole("Port the heartbeat looks at.", { min: 1, max: 65_535 }),
      host: field.list("The nodes it may fail over to, and no others.", { names: "node" }),
      run: field.flag("Create it at once."),
      force: field.flag("Also on a node that is cordoned."),
      checkTimeout: common.checkTimeout,
      noCheck: common.noCheck,
      wait: common.wait,
      dryRun: common.dryRun,
    },
    shows: ({ args }) => (typeof args === "string" ? { args: argumentsWithoutSecrets(args) } : {}),
  },
  ({ config, store, ports }, input) =>
    addContainer(ports, {
      store,
      config,
      container: {
        name: input.name,
        nodes: input.node,
        args: input.args,
        image: input.image,
        build: input.build,
        port: input.hb,
        hosts: input.host.length === 0 ? undefined : input.host,
      },
      force: input.force,
      run: input.run,
      ...common.patienceOf(input),
      waitMs: input.wait * 1000,
      dryRun: input.dryRun,
    }),
);
