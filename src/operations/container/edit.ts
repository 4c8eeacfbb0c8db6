import { editContainer } from "../../app/container/edit.ts";
import { argumentsWithoutSecrets } from "../../domain/config/document/changes.ts";
import { editQuestion } from "../../view/questions.ts";
import * as common from "../common.ts";
import * as field from "../fields.ts";
import { operation } from "../operation.ts";

export const containerEdit = operation(
  {
    id: "container.edit",
    command: "container edit",
    args: ["container"],
    route: "PATCH /containers/:container",
    role: "admin",
    changes: true,
    summary: "Change a container in the config, and show what changes.",
    button: "Edit",
    subject: { kind: "placement", field: "container" },
    asks: "With the changes, before they are written.",
    output: "container edit",
    exclusive: [
      ["image", "build", "noImage"],
      ["host", "noHosts"],
      ["checkTimeout", "noCheck"],
    ],
    input: {
      container: field.words("The container: NAME for all its instances, or NAME@NODE.", { names: "placement" }),
      args: field.maybe("Arguments of `docker run`, in one string.", { maxLength: 64 * 1024 }),
      image: field.maybe("A registry's image, instead of one that is built.", { names: "image" }),
      build: field.maybe("Build it from this folder, as the config says folders: counted from its own."),
      noImage: field.flag("Build it again, from the folder of its name under `docker`."),
      hb: field.portOrNone("Port the heartbeat looks at; `none` for no check."),
      host: field.list("The nodes it may fail over to, and no others.", { names: "node" }),
      noHosts: field.flag("It fails over to no node."),
      run: field.flag("Make what runs like the config says."),
      grace: common.grace,
      checkTimeout: common.checkTimeout,
      noCheck: common.noCheck,
      wait: common.wait,
      dryRun: common.dryRun,
      confirm: field.confirm(),
    },
    shows: ({ args }) => (typeof args === "string" ? { args: argumentsWithoutSecrets(args) } : {}),
  },
  ({ config, store, ports, ask }, input) =>
    editContainer(ports, {
      store,
      config,
      target: input.container,
      change: {
        args: input.args,
        image: input.noImage ? null : input.image,
        build: input.build,
        port: input.hb,
        hosts: input.noHosts ? [] : input.host.length === 0 ? undefined : input.host,
      },
      run: input.run,
      graceSeconds: input.grace,
      ...common.patienceOf(input),
      waitMs: input.wait * 1000,
      dryRun: input.dryRun,
      confirm: (changes) =>
        ask.confirm(
          editQuestion(changes, { container: input.container, path: store.path, runs: input.run }),
          "Say `confirm: true` to change it, or `dryRun: true` to see what would change.",
        ),
    }),
);
