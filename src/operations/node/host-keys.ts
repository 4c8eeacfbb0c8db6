import { previewNode } from "../../app/node/change.ts";
import { trustNodes } from "../../app/node/trust.ts";
import { planAddNode } from "../../domain/node/add.ts";
import * as field from "../fields.ts";
import { operation } from "../operation.ts";
import { trustAnswered } from "./keys.ts";
import { reaching } from "./reaching.ts";

export const nodeHostKeys = operation(
  {
    id: "node.host-keys",
    command: null,
    route: "GET /nodes/:node/host-keys",
    // It makes this machine connect to wherever it is told.
    role: "admin",
    changes: false,
    summary: "Show the host keys of a node, also of one that the config does not have yet, without logging in.",
    button: "Host keys",
    subject: { kind: "node", field: "node" },
    output: "node trust",
    input: { node: field.words("The node, by its whole name.", { names: "node" }), ...reaching },
  },
  async ({ config, store, ports, hostKeys, ask }, { node: name, ...reached }) => {
    const known = config.nodes.find((each) => each.name === name);
    const node = known ?? (await previewNode(store, (raw) => planAddNode(raw, { name, ...reached }), name));
    const wish = { ...trustAnswered(ask, { fingerprints: [], replace: true }), nodes: [node], dryRun: true };
    return trustNodes({ ...ports, hostKeys }, wish);
  },
);
