import { useState } from "preact/hooks";
import { AddNode } from "../../lazy.ts";
import { Head } from "../../parts/display/head.tsx";
import { NodeCard } from "../../parts/cluster/node-card.tsx";
import { may } from "../../state/session.ts";
import { loaded, nodes } from "../../state/store.ts";

export function Nodes() {
  const [adding, setAdding] = useState(false);
  return (
    <>
      <Head title="Nodes" note={nodes.value.length}>
        {may("admin") && (
          <button type="button" class="solid" onClick={() => setAdding(true)}>
            Add a node
          </button>
        )}
      </Head>
      <div class="cards">
        {nodes.value.map((node) => (
          <NodeCard key={node.node} node={node} />
        ))}
      </div>
      {loaded.value && nodes.value.length === 0 && (
        <p class="empty">
          The config has no node yet. A node is a machine with SSH and Docker; nothing is installed there.
        </p>
      )}
      {adding && <AddNode onClose={() => setAdding(false)} />}
    </>
  );
}
