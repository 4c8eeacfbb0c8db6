import { type SyslogFilter } from "../../domain/syslog/filter.ts";
import { grep, grepOf } from "../common.ts";
import * as field from "../fields.ts";

/** The filters of the system log and of rsyslog's. */
export const filterFields = {
  grep,
  errors: field.flag("Only errors and worse."),
  warnings: field.flag("Only warnings; with `errors`, those too."),
  failures: field.flag("Only what failed, was denied, refused, killed or timed out."),
  today: field.flag("Only today's, by the node's clock."),
};

/** Throws usage. */
export function filterOf(input: Omit<SyslogFilter, "grep"> & { readonly grep?: string | undefined }): SyslogFilter {
  const { errors, warnings, failures, today } = input;
  return { errors, warnings, failures, today, grep: grepOf(input) };
}
