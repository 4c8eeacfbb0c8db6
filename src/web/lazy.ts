import { lazily } from "./parts/display/lazily.tsx";

/** What stands in for each of later.ts until that is there. */
export const AddContainer = lazily((all) => all.AddContainer);
export const AddNode = lazily((all) => all.AddNode);
export const Build = lazily((all) => all.Build);
export const Config = lazily((all) => all.Config);
export const Doctor = lazily((all) => all.Doctor);
export const Drain = lazily((all) => all.Drain);
export const EditContainer = lazily((all) => all.EditContainer);
export const Entry = lazily((all) => all.Entry);
export const Move = lazily((all) => all.Move);
export const Plan = lazily((all) => all.Plan);
export const Prune = lazily((all) => all.Prune);
export const Pull = lazily((all) => all.Pull);
export const RemoveContainer = lazily((all) => all.RemoveContainer);
export const RemoveImages = lazily((all) => all.RemoveImages);
export const Rsyslog = lazily((all) => all.Rsyslog);
export const Run = lazily((all) => all.Run);
export const Syslog = lazily((all) => all.Syslog);
export const Trust = lazily((all) => all.Trust);
