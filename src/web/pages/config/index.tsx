import { Head } from "../../parts/display/head.tsx";
import { Tabs } from "../../parts/controls/tabs.tsx";
import { config } from "../../state/store.ts";
import { may } from "../../state/session.ts";
import { ConfigHistory } from "./history.tsx";
import { Editor } from "./editor.tsx";
import { Shown } from "./shown.tsx";

export function Config() {
  return (
    <div class="page-full">
      <Head title="Config" note={config.value?.path} />
      <Tabs
        label="About the config"
        tabs={[
          { id: "text", title: may("admin") ? "Edit" : "Text", show: () => (may("admin") ? <Editor /> : <Shown />) },
          { id: "history", title: "History", show: () => <ConfigHistory /> },
        ]}
      />
    </div>
  );
}
