import { daemonPid } from "../../app/daemon/status.ts";
import { showVips } from "../../app/vip/show.ts";
import { selectVips } from "../../domain/vip/select.ts";
import * as field from "../fields.ts";
import { operation } from "../operation.ts";

export const vipList = operation(
  {
    id: "vip.list",
    command: "vip show",
    args: ["vip"],
    route: "GET /vips",
    role: "viewer",
    changes: false,
    summary: "Show who has the virtual IP, and how its candidates are.",
    button: "Virtual IPs",
    output: "vip show",
    input: { vip: field.maybe("The virtual IP; all when left out.", { names: "vip" }) },
  },
  ({ config, ports, daemon }, input) =>
    showVips(ports, {
      config,
      sections: selectVips(config, input.vip),
      state: daemon.vip,
      daemonPid: daemonPid(daemon),
    }),
);
