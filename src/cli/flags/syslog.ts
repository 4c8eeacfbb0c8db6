import { Flags } from "@oclif/core";
import type { SyslogFilter } from "../../domain/syslog/filter.ts";
import { pattern } from "../errors/pattern.ts";

/** The filters of `syslog` and `rsyslog`. */
export const filterFlags = {
  grep: Flags.string({ char: "g", helpValue: "REGEXP", summary: "Only lines that match." }),
  errors: Flags.boolean({ summary: "Only errors and worse." }),
  warnings: Flags.boolean({ summary: "Only warnings; with --errors, those too." }),
  failures: Flags.boolean({ summary: "Only what failed, was denied, refused, killed or timed out." }),
  today: Flags.boolean({ summary: "Only today's, by the node's clock." }),
};

/** Throws usage. */
export function filterOfFlags(
  flags: Omit<SyslogFilter, "grep"> & { readonly grep?: string | undefined },
): SyslogFilter {
  const { errors, warnings, failures, today, grep } = flags;
  return { errors, warnings, failures, today, grep: grep === undefined ? undefined : pattern("grep", grep) };
}
