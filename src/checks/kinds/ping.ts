import { words } from "../../domain/shell.ts";
import type { CheckKind } from "../kind.ts";

interface PingOptions {
  readonly via?: "controller" | "node";
}

const timeoutMs = 2000;

/** The node answers an ICMP echo; via the node: the container's address does, seen from the node. */
export const ping: CheckKind<PingOptions> = {
  async run({ via }, { node, container, signal }, tools) {
    if (via !== "node") {
      if (await tools.network.ping(node.address, timeoutMs)) return "answers";
      throw new Error("no answer");
    }
    const connection = await tools.connection();
    const address = words(
      "docker",
      "container",
      "inspect",
      "--format",
      "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}",
      container,
    );
    const found = (await connection.run(address, { signal })).stdout.trim();
    const outcome = await connection.run(words("ping", "-c", "1", "-W", "2", found), { signal });
    if (found !== "" && outcome.status === "ok") return "answers";
    throw new Error("no answer");
  },
};
