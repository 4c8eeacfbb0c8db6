import { containerCandidates } from "../../app/placement/candidates.ts";
import * as field from "../fields.ts";
import { operation } from "../operation.ts";

export const containerCandidatesLook = operation(
  {
    id: "container.candidates",
    command: null,
    route: "GET /containers/:container/candidates",
    role: "viewer",
    changes: false,
    summary: "Tell which nodes can take a container, best first, and why each other cannot.",
    button: "Candidates",
    subject: { kind: "placement", field: "container" },
    output: null,
    input: {
      container: field.words("The container: NAME for all its instances, or NAME@NODE.", { names: "placement" }),
    },
  },
  ({ config, ports }, input) => containerCandidates(ports, { config, name: input.container }),
);
