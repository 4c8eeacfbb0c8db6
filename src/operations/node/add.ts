import { addNode } from "../../app/node/add.ts";
import { dryRun } from "../common.ts";
import * as field from "../fields.ts";
import { operation } from "../operation.ts";
import { fingerprints, trustAnswered } from "./keys.ts";
import { reaching } from "./reaching.ts";

export const nodeAdd = operation(
  {
    id: "node.add",
    command: "node add",
    args: ["name"],
    route: "POST /nodes",
    role: "admin",
    changes: true,
    summary: "Add a node to the layout, once it has answered.",
    button: "Add node",
    asks: "With `trust`, whether the host keys that the node shows are its own.",
    output: "node add",
    needs: { fingerprint: "trust" },
    input: {
      name: field.words("What the node is called: a host name, a Host of ~/.ssh/config, or an IP address."),
      ...reaching,
      label: field.list("Labels: KEY=VALUE."),
      trust: field.flag("Show its host key and, once agreed to, trust it."),
      fingerprint: fingerprints,
      check: field.flag("Connect to the node before it is added.", true),
      dryRun,
      confirm: field.confirm(),
    },
  },
  ({ store, ports, hostKeys, ask }, input) =>
    addNode(
      { ...ports, hostKeys },
      {
        store,
        node: {
          name: input.name,
          address: input.address,
          user: input.user,
          port: input.port,
          identityFile: input.identityFile,
          proxyJump: input.proxyJump,
          labels: input.label.length === 0 ? undefined : input.label,
        },
        check: input.check,
        trust: input.trust ? trustAnswered(ask, { fingerprints: input.fingerprint, replace: false }) : undefined,
        dryRun: input.dryRun,
      },
    ),
);
