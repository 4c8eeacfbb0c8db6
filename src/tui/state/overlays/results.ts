import type { ExecRow } from "../../../app/exec.ts";
import { valueView } from "../../../view/setup/config.ts";
import { daemonView } from "../../../view/service/daemon.ts";
import { doctorView } from "../../../view/node/doctor.ts";
import { heartbeatView } from "../../../view/service/heartbeat.ts";
import { imagesView } from "../../../view/image/images.ts";
import { nodesView } from "../../../view/node/nodes.ts";
import { planView } from "../../../view/container/plan.ts";
import { savedCommandsView } from "../../../view/node/run.ts";
import { searchView } from "../../../view/image/search.ts";
import { statsView } from "../../../view/container/stats.ts";
import { statusView } from "../../../view/container/status.ts";
import type { Style } from "../../../view/text/style.ts";
import { tagsView } from "../../../view/image/tags.ts";
import { vipsView } from "../../../view/service/vip.ts";

type View = (result: never, style: Style) => string;

/** What an operation answered, as its command prints it; undefined where it prints something else than a text. */
export function resultText(operation: string, result: object, nowMs: number, width: number): string | undefined {
  const views: Readonly<Record<string, View>> = {
    "command.exec": outputView,
    "command.run": outputView,
    "command.list": savedCommandsView,
    "config.get": valueView,
    "config.text": ({ text }: { text: string }) => text,
    "container.stats": statsView,
    "container.status": statusView,
    "daemon.heartbeat": heartbeatView,
    "daemon.status": daemonView,
    "image.list": imagesView,
    "node.doctor": doctorView,
    "node.list": nodesView,
    "plan.show": planView,
    "registry.search": searchView,
    "registry.tags": tagsView,
    "vip.list": vipsView(nowMs),
  };
  const view = views[operation] as ((result: object, style: Style) => string) | undefined;
  return view?.(result, { colour: false, width });
}

/** What a command said on each node, below the node's name. */
function outputView({ nodes }: { readonly nodes: readonly ExecRow[] }): string {
  return nodes
    .map(({ node, code, stdout, stderr }) => {
      const text = `${stdout}${stderr}`.replace(/\n$/, "");
      const said = text === "" ? "  (nothing)" : text.replaceAll(/^/gm, "  ");
      return `${node}${code === 0 ? "" : `: ended with ${code ?? "nobody knows what"}`}\n${said}\n`;
    })
    .join("\n");
}
