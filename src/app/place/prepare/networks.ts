import type { Placement } from "../../../domain/config/types.ts";
import * as docker from "../../../domain/docker/client/commands.ts";
import { PictlError } from "../../../domain/errors.ts";
import { runDocker } from "../../kit/docker.ts";
import type { Connection } from "../../ports.ts";

/** Makes the networks of the config that a container uses, where they are missing. Throws what `runDocker` throws. */
export async function makeNetworks(
  connection: Connection,
  { networks = [] }: Pick<Placement, "networks">,
): Promise<void> {
  for (const network of networks) {
    try {
      await runDocker(connection, docker.createNetwork(network), { doing: `create the network ${network.name}` });
    } catch (error) {
      // One that is there is used as it is, whoever made it.
      if (!(error instanceof PictlError && /already exists/.test(error.message))) throw error;
    }
  }
}
