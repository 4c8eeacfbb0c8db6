import { PictlError } from "../errors.ts";
import type { Config } from "./types.ts";

/**
 * Throws config-invalid when `file` is of another cluster than `running`, which a process began with, or keeps its state
 * elsewhere. Labels, locks, promises and the state's files carry the name: whoever took only part of it over would guard
 * one cluster and change another. The remedy is in the message, since an event has nothing else.
 */
export function refuseAnotherCluster(running: Config, file: Config): void {
  if (file.cluster !== running.cluster) {
    throw new PictlError(
      "config-invalid",
      `\`cluster\` is "${file.cluster}" in the config now, and the daemon began with "${running.cluster}": another name is another cluster, to which none of the containers that run belong. Put the old name back. To rename the cluster, end the daemon, \`pictl delete\` its containers by the old name (their volumes stay), change the name, \`pictl create\`, and start the daemon.`,
    );
  }
  if (file.stateDir !== running.stateDir) {
    throw new PictlError(
      "config-invalid",
      `\`state_dir\` is ${file.stateDir} in the config now, and the daemon began with ${running.stateDir}, where its locks and all that it remembers are. Put the old folder back; or end the daemon, move the folder's files to the new one, and start it.`,
    );
  }
}
