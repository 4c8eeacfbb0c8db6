import { useState } from "preact/hooks";
import { Rsyslog, Syslog } from "../lazy.ts";
import { Head } from "../parts/display/head.tsx";
import { LogView } from "../parts/logs/log-view.tsx";
import { Picker } from "../parts/controls/picker.tsx";
import { Tabs } from "../parts/controls/tabs.tsx";
import { remember, route } from "../state/route.ts";

export function Logs() {
  return (
    <div class="page-full">
      <Head title="Logs" />
      <Tabs
        label="Which logs"
        tabs={[
          { id: "containers", title: "Containers", show: () => <OfContainers /> },
          { id: "syslog", title: "System log", show: () => <Syslog /> },
          { id: "rsyslog", title: "Rsyslog", show: () => <Rsyslog /> },
        ]}
      />
    </div>
  );
}

function OfContainers() {
  const [chosen, setChosen] = useState<readonly string[]>(() =>
    (route.value.query.get("of") ?? "").split(",").filter(Boolean),
  );
  return (
    <>
      <div class="toolbar">
        <Picker
          none="all containers"
          chosen={chosen}
          onChoose={(names) => {
            setChosen(names);
            remember({ of: names.join(",") });
          }}
        />
      </div>
      <LogView containers={chosen} />
    </>
  );
}
