import { selectVip } from "../../domain/vip/select.ts";
import { vipReleaseQuestion } from "../../view/questions.ts";
import * as field from "../fields.ts";
import { operation } from "../operation.ts";
import { changeFields, changeVipAs } from "./change.ts";

export const vipRelease = operation(
  {
    id: "vip.release",
    command: "vip release",
    args: ["vip"],
    route: "POST /vips/:vip/release",
    role: "operator",
    changes: true,
    summary: "Take the virtual IP from everybody, until it is moved to a node.",
    button: "Release",
    subject: { kind: "vip", field: "vip" },
    asks: "Before it is taken.",
    output: "vip release",
    input: { ...changeFields, confirm: field.confirm() },
  },
  async (context, { vip, confirm: _, ...how }) => {
    const section = selectVip(context.config, vip);
    const agreed =
      how.dryRun || (await context.ask.confirm(vipReleaseQuestion(section.ip), "Say `confirm: true` to release it."));
    if (!agreed) return { result: { vips: [] }, failures: [], exitCode: 4 };
    return changeVipAs(context, { section, wish: "release", ...how });
  },
);
