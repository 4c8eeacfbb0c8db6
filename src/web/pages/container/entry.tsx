import type { LiveContainer } from "../../../watch/model.ts";
import { rollback } from "../../deeds/containers.ts";
import { Command } from "../../parts/controls/command.tsx";
import { DeedButton } from "../../parts/controls/doing.tsx";
import { Failures } from "../../parts/results/failures.tsx";
import { State } from "../../parts/display/state.tsx";
import { useLook } from "../../parts/results/use-look.ts";
import { requestOf } from "../../operations.ts";
import { type ConfigDocument, entryOf } from "../../state/document.ts";

interface Version {
  readonly generation: number;
  readonly at: string;
  readonly who: string;
  readonly cause: string;
  readonly image: string;
  readonly outcome: string;
  readonly newest: boolean;
}

/** What the config says of it, and what was in its place before. */
export function Entry({ row }: { readonly row: LiveContainer }) {
  const shown = useLook<{ config: ConfigDocument }>("config.show", {});
  const past = useLook<{ placements: readonly Version[] }>("container.history", { container: row.key });
  const entry = shown.result ? entryOf(shown.result.config, row) : undefined;
  return (
    <>
      <h2>In the config</h2>
      <Failures failures={shown.failures} />
      {entry === undefined ? (
        <p class="quiet">{shown.busy ? "Reading the config …" : "The config does not have it: it is a stray."}</p>
      ) : (
        <pre class="output" tabIndex={0} aria-label="Its entry">
          {JSON.stringify({ [row.container]: entry.here, hb: entry.check }, null, 2)}
        </pre>
      )}
      <h2>Versions</h2>
      {past.busy && <p class="quiet">Asking the node …</p>}
      <Failures failures={past.failures} />
      <ul class="rows">
        {past.result?.placements.map((version) => (
          <li key={version.generation}>
            <State
              sign={version.newest ? "●" : version.outcome === "failed" ? "✗" : "○"}
              tone={version.newest ? "good" : version.outcome === "failed" ? "bad" : "quiet"}
              text={version.newest ? "newest" : version.outcome}
            />
            <strong>{version.image}</strong>
            <span class="detail">
              {new Date(version.at).toLocaleString()}, {version.who}, {version.cause}
            </span>
            {!version.newest && (
              <span class="buttons">
                <DeedButton deed={rollback(row.key, version.generation)} />
              </span>
            )}
          </li>
        ))}
      </ul>
      {past.result?.placements.length === 0 && <p class="empty">pictl has placed no version of it yet.</p>}
      <Command text={requestOf("container.history", { container: row.key }).command} />
    </>
  );
}
