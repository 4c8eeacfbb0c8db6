import { useState } from "preact/hooks";
import { apply } from "../deeds/cluster.ts";
import { Age } from "../parts/display/age.tsx";
import { Command } from "../parts/controls/command.tsx";
import { DeedButton } from "../parts/controls/doing.tsx";
import { Switch } from "../parts/controls/fields.tsx";
import { Head } from "../parts/display/head.tsx";
import { Outcome } from "../parts/results/outcome.tsx";
import { useLook } from "../parts/results/use-look.ts";

/** What would make the nodes what the config says, before it is done. */
export function Plan() {
  const [noRemove, setNoRemove] = useState(false);
  const [newest, setNewest] = useState(false);
  const [copyVolumes, setCopyVolumes] = useState(false);
  const how = { noRemove, newest, copyVolumes };
  const { result, failures, busy, atMs, again } = useLook<{ steps: readonly object[] }>("plan.show", how);
  const deed = apply(how, result?.steps ?? []);
  return (
    <>
      <Head
        back={["containers", "Containers"]}
        title="Plan and apply"
        {...(atMs === null ? {} : { note: <Age atMs={atMs} oldMs={60_000} label="planned" /> })}
      >
        <button type="button" disabled={busy} onClick={again}>
          {busy ? "Planning …" : "Plan again"}
        </button>
        {!busy && result && result.steps.length > 0 && <DeedButton deed={deed} solid />}
      </Head>
      <p class="quiet">
        What differs from the config, in the order in which it would be mended. Apply asks once more, and does just
        this.
      </p>
      <div class="toolbar">
        <Switch label="Remove nothing" on={noRemove} onChange={setNoRemove} />
        <Switch label="Copy the data of what moves" on={copyVolumes} onChange={setCopyVolumes} />
        <Switch label="This config is the newest one" on={newest} onChange={setNewest} />
      </div>
      {busy ? (
        <p class="empty">Asking every node what it has …</p>
      ) : result && result.steps.length === 0 && failures.length === 0 ? (
        <p class="all-well">✓ Nothing is to be done: the nodes are as the config says.</p>
      ) : (
        <div class="card">
          <Outcome answer={{ result, failures }} />
        </div>
      )}
      <Command text={deed.command} />
    </>
  );
}
