import { useState } from "preact/hooks";
import type { KeyRow } from "../../app/node/trust.ts";
import { Act } from "../parts/controls/act.tsx";
import { Failures } from "../parts/results/failures.tsx";
import { HostKeys, unknownKeys } from "../parts/cluster/host-keys.tsx";
import { useLook } from "../parts/results/use-look.ts";
import { deed } from "../state/doing.ts";

/** Of a node of the config whose key nobody here knows, or another than the one that is known. */
export function Trust({ node, onClose }: { readonly node: string; readonly onClose: () => void }) {
  const { result, failures, busy } = useLook<{ keys: readonly KeyRow[] }>("node.host-keys", { node });
  const [compared, setCompared] = useState(false);
  const fresh = unknownKeys(result?.keys ?? []);
  const fingerprint = fresh.map((key) => key.fingerprint);
  return (
    <Act
      title={`Trust ${node}`}
      deed={
        compared && fresh.length > 0
          ? deed("node.trust", { node: [node], fingerprint, replace: true }, { title: `Trust ${node}` })
          : undefined
      }
      onClose={onClose}
    >
      <p class="quiet">
        A key that has changed means: another machine answers, or it was set up anew. Ask before you believe the second.
      </p>
      {busy && <p class="quiet">Asking it …</p>}
      <Failures failures={failures} />
      {result && <HostKeys keys={result.keys} compared={compared} onCompared={setCompared} />}
    </Act>
  );
}
