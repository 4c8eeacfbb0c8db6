import { useState } from "preact/hooks";
import { Act } from "../parts/controls/act.tsx";
import { Field, NodeChoice, OneOf, Switch } from "../parts/controls/fields.tsx";
import { deed } from "../state/doing.ts";

/** Layout, heartbeat and constraints together. */
export function AddContainer({ onClose }: { readonly onClose: () => void }) {
  const [name, setName] = useState("");
  const [node, setNode] = useState<readonly string[]>([]);
  const [from, setFrom] = useState<"image" | "build">("image");
  const [source, setSource] = useState("");
  const [args, setArgs] = useState("");
  const [hb, setHb] = useState("");
  const [host, setHost] = useState<readonly string[]>([]);
  const [run, setRun] = useState(true);
  const input = {
    name: name.trim(),
    node,
    args,
    [from]: source.trim(),
    ...(!/^\d+$/.test(hb) ? {} : { hb: Number(hb) }),
    host,
    run,
  };
  const whole = name.trim() !== "" && node.length > 0 && (from === "build" || source.trim() !== "");
  return (
    <Act
      title="Add a container"
      deed={whole ? deed("container.add", input, { title: `Add ${name.trim()}` }) : undefined}
      onClose={onClose}
    >
      <Field label="Name" value={name} onValue={setName} autofocus />
      <NodeChoice label="On" value={node} onValue={setNode} />
      <OneOf
        label="Where its image comes from"
        choices={[
          ["image", "An image of a registry"],
          ["build", "A folder to build"],
        ]}
        value={from}
        onValue={setFrom}
      />
      <Field
        label={from === "image" ? "Image" : "Folder"}
        value={source}
        onValue={setSource}
        placeholder={from === "image" ? "nginx:1.27" : "the folder of its name"}
      />
      <Field label="Arguments of docker run" value={args} onValue={setArgs} placeholder="-p 80:80 -v data:/data" />
      <Field label="Port that the heartbeat checks" value={hb} onValue={setHb} placeholder="none" />
      <NodeChoice label="May fail over to" value={host} onValue={setHost} all="no node" />
      <Switch label="Create it at once" on={run} onChange={setRun} />
    </Act>
  );
}
