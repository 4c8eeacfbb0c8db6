import { trustNodes } from "../../app/node/trust.ts";
import { oneForFingerprints } from "../../domain/node/trust.ts";
import { selectNodes } from "../../domain/select.ts";
import { dryRun, someNodes } from "../common.ts";
import * as field from "../fields.ts";
import { operation } from "../operation.ts";
import { fingerprints, trustAnswered } from "./keys.ts";

export const nodeTrust = operation(
  {
    id: "node.trust",
    command: "node trust",
    args: ["node"],
    route: "POST /nodes/:node/trust",
    role: "admin",
    changes: true,
    summary: "Show the host keys of nodes and, once agreed to, trust them.",
    button: "Trust",
    subject: { kind: "node", field: "node" },
    asks: "Whether the host keys that a node shows are its own.",
    output: "node trust",
    input: {
      node: someNodes,
      fingerprint: fingerprints,
      replace: field.flag("Trust a key that has changed, in the place of the one that is known."),
      dryRun,
      confirm: field.confirm(),
    },
  },
  ({ config, ports, hostKeys, ask }, input) => {
    const nodes = selectNodes(config, input.node);
    oneForFingerprints(nodes.length, input.fingerprint);
    return trustNodes(
      { ...ports, hostKeys },
      {
        ...trustAnswered(ask, { fingerprints: input.fingerprint, replace: input.replace }),
        nodes,
        dryRun: input.dryRun,
      },
    );
  },
);
