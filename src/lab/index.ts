/** The lab: throw-away nodes on this Linux machine, each with its own address, sshd, dockerd, processes and disk. */
export { labDown } from "./down.ts";
export { labCut, type LabCutOptions, labHeal } from "./network/faults.ts";
export { labKill, labStart } from "./node/power.ts";
export { checkMachine, missingPackages } from "./machine/prerequisites.ts";
export { labStatus } from "./status.ts";
export type { LabNodeStatus, LabOptions, LabPorts, LabStatus } from "./types.ts";
export { labUp } from "./up.ts";
