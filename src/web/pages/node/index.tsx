import { useState } from "preact/hooks";
import type { NodePart } from "../../../http/stream/messages.ts";
import { oldAfterMs } from "../../../watch/select.ts";
import { cordon } from "../../deeds/cluster.ts";
import { Doctor, Drain, Syslog, Trust } from "../../lazy.ts";
import { Age } from "../../parts/display/age.tsx";
import { DeedButton } from "../../parts/controls/doing.tsx";
import { EventLines } from "../../parts/logs/events.tsx";
import { FailureText } from "../../parts/results/failures.tsx";
import { Head } from "../../parts/display/head.tsx";
import { NodeState } from "../../parts/display/state.tsx";
import { Tabs } from "../../parts/controls/tabs.tsx";
import { TerminalTab } from "../../parts/cluster/terminal-tab.tsx";
import { route } from "../../state/route.ts";
import { may } from "../../state/session.ts";
import { events, loaded, nodes } from "../../state/store.ts";
import { NodeDetails } from "./details.tsx";

export function Node() {
  const name = route.value.rest[0] ?? "";
  const node = nodes.value.find((each) => each.node === name);
  if (!node) return <p class="empty">{loaded.value ? `There is no node ${name}.` : "Waiting for the nodes …"}</p>;
  return <Shown node={node} />;
}

function Shown({ node }: { readonly node: NodePart }) {
  const [dialog, setDialog] = useState<"drain" | "remove" | "trust" | undefined>();
  const close = (): void => setDialog(undefined);
  const { node: name, failure, facts } = node;
  const unknownKey = failure?.code.startsWith("host-key") === true;
  return (
    <div class="page-full">
      <Head
        back={["nodes", "Nodes"]}
        title={
          <>
            {name} <NodeState state={node.state} /> {facts.cordoned && <span class="tag">cordoned</span>}
          </>
        }
        note={<Age atMs={node.seenAtMs} oldMs={oldAfterMs.node} />}
      >
        <DeedButton deed={cordon(name, !facts.cordoned)} />
        {may("operator") && (
          <button type="button" onClick={() => setDialog("drain")}>
            Drain
          </button>
        )}
        {may("admin") && (
          <>
            {unknownKey && (
              <button type="button" class="solid" onClick={() => setDialog("trust")}>
                Look at its host key
              </button>
            )}
            <button type="button" class="danger" onClick={() => setDialog("remove")}>
              Remove
            </button>
          </>
        )}
      </Head>
      {failure && (
        <p class="problem">
          <FailureText failure={failure} />
        </p>
      )}
      <Tabs
        label="About the node"
        tabs={[
          { id: "details", title: "Details", show: () => <NodeDetails node={node} /> },
          { id: "doctor", title: "Doctor", show: () => <Doctor node={name} /> },
          { id: "syslog", title: "System log", show: () => <Syslog nodes={[name]} /> },
          {
            id: "terminal",
            title: "Terminal",
            show: () => <TerminalTab path={`nodes/${encodeURIComponent(name)}/terminal`} />,
          },
          {
            id: "events",
            title: "Events",
            show: () => <EventLines events={events.value.filter((event) => event.node === name).toReversed()} />,
          },
        ]}
      />
      {(dialog === "drain" || dialog === "remove") && (
        <Drain node={name} removes={dialog === "remove"} onClose={close} />
      )}
      {dialog === "trust" && <Trust node={name} onClose={close} />}
    </div>
  );
}
