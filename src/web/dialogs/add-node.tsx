import { useState } from "preact/hooks";
import type { KeyRow } from "../../app/node/trust.ts";
import { Act } from "../parts/controls/act.tsx";
import { Failures } from "../parts/results/failures.tsx";
import { Field } from "../parts/controls/fields.tsx";
import { HostKeys, unknownKeys } from "../parts/cluster/host-keys.tsx";
import { useLook } from "../parts/results/use-look.ts";
import { deed } from "../state/doing.ts";

/** Where it is, the key that it shows, and only then: into the config. */
export function AddNode({ onClose }: { readonly onClose: () => void }) {
  const [name, setName] = useState("");
  const [address, setAddress] = useState("");
  const [user, setUser] = useState("");
  const [port, setPort] = useState("");
  const [identityFile, setIdentityFile] = useState("");
  const [labels, setLabels] = useState("");
  const [asked, setAsked] = useState("");
  const [compared, setCompared] = useState(false);
  const reached = {
    address: address.trim(),
    user: user.trim(),
    ...(/^\d+$/.test(port) ? { port: Number(port) } : {}),
    identityFile: identityFile.trim(),
  };
  const where = { node: name.trim(), ...reached };
  // What is shown is of just what was asked.
  const shown = asked === JSON.stringify(where);
  const { result, failures, busy, again } = useLook<{ keys: readonly KeyRow[] }>(
    "node.host-keys",
    shown ? where : undefined,
  );
  const keys = shown && !busy ? (result?.keys ?? []) : [];
  const fresh = unknownKeys(keys);
  const agreed = keys.length > 0 && (fresh.length === 0 || compared);
  const add = deed(
    "node.add",
    {
      name: name.trim(),
      ...reached,
      label: labels.split(/[\s,]+/).filter(Boolean),
      trust: fresh.length > 0,
      fingerprint: fresh.map(({ fingerprint }) => fingerprint),
    },
    { title: `Add ${name.trim()}` },
  );
  return (
    <Act title="Add a node" deed={agreed ? add : undefined} onClose={onClose}>
      <p class="quiet">Nothing is installed there: pictl needs SSH and Docker, and a login that may use both.</p>
      <div class="columns">
        <Field
          label="Name"
          value={name}
          onValue={setName}
          autofocus
          hint="A host name, a Host of ~/.ssh/config, or an address."
        />
        <Field label="Address" value={address} onValue={setAddress} placeholder="the name" />
        <Field label="User" value={user} onValue={setUser} placeholder="as for the others" />
        <Field label="Port" value={port} onValue={setPort} placeholder="22" />
        <Field
          label="Private key on this machine"
          value={identityFile}
          onValue={setIdentityFile}
          placeholder="as for the others"
        />
        <Field label="Labels" value={labels} onValue={setLabels} placeholder="room=cellar arch=arm64" />
      </div>
      <button
        type="button"
        class={keys.length > 0 ? "" : "solid"}
        disabled={name.trim() === "" || busy}
        onClick={() => {
          setCompared(false);
          if (shown) again();
          else setAsked(JSON.stringify(where));
        }}
      >
        {busy ? "Asking it …" : "Look at its host key"}
      </button>
      {shown && !busy && <Failures failures={failures} />}
      {keys.length > 0 && <HostKeys keys={keys} compared={compared} onCompared={setCompared} />}
    </Act>
  );
}
