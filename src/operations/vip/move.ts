import { selectVip } from "../../domain/vip/select.ts";
import * as field from "../fields.ts";
import { operation } from "../operation.ts";
import { changeFields, changeVipAs } from "./change.ts";

export const vipMove = operation(
  {
    id: "vip.move",
    command: "vip move",
    args: ["vip", "node"],
    route: "POST /vips/:vip/move",
    role: "operator",
    changes: true,
    summary: "Give the virtual IP to another of its candidates.",
    button: "Move",
    key: "V",
    subject: { kind: "vip", field: "vip" },
    output: "vip move",
    input: { ...changeFields, node: field.words("The candidate that gets it.", { names: "node" }) },
  },
  (context, { vip, node, ...how }) =>
    changeVipAs(context, { section: selectVip(context.config, vip), wish: { to: node }, ...how }),
);
