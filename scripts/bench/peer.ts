import { join } from "node:path";
import type { LabStatus } from "../../src/lab/index.ts";
import { quote } from "../../src/domain/shell.ts";

/** What `ssh` needs to log in to the nodes of a lab as pictl does. */
export function sshOptions(lab: LabStatus): readonly string[] {
  return ["-i", join(lab.dir, "key"), "-o", `UserKnownHostsFile=${join(lab.dir, "known_hosts")}`];
}

/** The beginning of a shell's line that runs a command on a node through OpenSSH. */
export function sshLine(lab: LabStatus, index: number): string {
  const address = lab.nodes[index]?.address ?? "";
  return ["ssh", ...sshOptions(lab), `root@${address}`].map(quote).join(" ");
}
