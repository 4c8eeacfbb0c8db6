import { useEffect, useState } from "preact/hooks";
import type { LiveContainer } from "../../watch/model.ts";
import { Act } from "../parts/controls/act.tsx";
import { Failures } from "../parts/results/failures.tsx";
import { Field, NodeChoice, Switch } from "../parts/controls/fields.tsx";
import { useLook } from "../parts/results/use-look.ts";
import { deed } from "../state/doing.ts";
import { type ConfigDocument, editable } from "../state/document.ts";
import { config } from "../state/store.ts";

/** Changes what the config says of a container, and makes it so if wanted; only what was changed is said. */
export function EditContainer({ row, onClose }: { readonly row: LiveContainer; readonly onClose: () => void }) {
  const { result, failures } = useLook<{ config: ConfigDocument }>("config.show", {});
  const before = result ? editable(result.config, row) : undefined;
  const hostsBefore = config.value?.hosts[row.container] ?? [];
  const [args, setArgs] = useState("");
  const [image, setImage] = useState("");
  const [hb, setHb] = useState("");
  const [hosts, setHosts] = useState(hostsBefore);
  const [run, setRun] = useState(true);
  useEffect(() => {
    setArgs(before?.args ?? "");
    setImage(before?.image ?? "");
    setHb(before?.hb ?? "");
  }, [result]);
  const changes = before && {
    ...(args === (before.args ?? "") ? {} : { args }),
    ...(image === before.image ? {} : image === "" ? { noImage: true } : { image }),
    ...(hb === before.hb ? {} : { hb: /^\d+$/.test(hb) ? Number(hb) : "none" }),
    ...(hosts.join() === hostsBefore.join() ? {} : hosts.length === 0 ? { noHosts: true } : { host: hosts }),
  };
  const changed = changes !== undefined && Object.keys(changes).length > 0;
  return (
    <Act
      title={`Edit ${row.container}`}
      deed={
        changed
          ? deed("container.edit", { container: row.key, ...changes, run }, { title: `Edit ${row.key}` })
          : undefined
      }
      onClose={onClose}
    >
      <Failures failures={failures} />
      <Field
        label="Arguments of docker run"
        value={args}
        onValue={setArgs}
        hint={
          before && before.args === undefined
            ? "They have secrets, and are hidden: what you type replaces them all."
            : undefined
        }
      />
      <Field
        label="Image"
        value={image}
        onValue={setImage}
        placeholder="built from its folder"
        hint="Empty: it is built from the folder of its name."
      />
      <Field label="Port that the heartbeat checks" value={hb} onValue={setHb} placeholder="none" />
      <NodeChoice label="May fail over to" value={hosts} onValue={setHosts} all="no node" />
      <Switch label="Make what runs like the config says" on={run} onChange={setRun} />
    </Act>
  );
}
