import { Args, Flags } from "@oclif/core";

export const labName = Flags.string({
  summary: "Which lab, when there are several.",
  helpValue: "NAME",
  default: "lab",
});

export const labNode = Args.string({ required: true, description: "A node of the lab: n1, n2 …" });
