/** The lab: throw-away nodes on this Linux machine, each with its own address, sshd, dockerd, processes and disk. */
export { labDown, type LabDownOptions, type LabDownResult } from "./down.ts";
export { labCut, labHeal, type LabCutOptions } from "./faults.ts";
export { labKill, labStart, type LabPowerOptions } from "./power.ts";
export { checkMachine, missingPackages } from "./prerequisites.ts";
export { labStatus } from "./status.ts";
export {
  CONTROLLER,
  type Cut,
  type LabNodeStatus,
  type LabOptions,
  type LabPorts,
  type LabProgress,
  type LabStatus,
} from "./types.ts";
export { labUp } from "./up.ts";
