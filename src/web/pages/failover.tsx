import { heartbeatNow } from "../deeds/cluster.ts";
import { Head } from "../parts/display/head.tsx";
import { Vip } from "../parts/cluster/vip.tsx";
import { DeedButton } from "../parts/controls/doing.tsx";
import { RoundByHand } from "../parts/results/round-by-hand.tsx";
import { State } from "../parts/display/state.tsx";
import { span } from "../parts/display/words.ts";
import { config, daemon, heartbeat, vips } from "../state/store.ts";
import { now } from "../state/clock.ts";

export function Failover() {
  const beat = heartbeat.value;
  const row = daemon.value?.row;
  const settings = config.value?.heartbeat;
  return (
    <>
      <Head title="Failover">
        <DeedButton deed={heartbeatNow()} />
      </Head>
      <p class="quiet">
        {row ? `The daemon runs (pid ${String(row.pid)}); ` : "No daemon runs on this machine; "}
        {beat?.lastRoundAtMs ? `last round ${span(now.value - beat.lastRoundAtMs)} ago` : "no round yet"}
        {settings
          ? `, every ${String(settings.intervalMs / 1000)} s, moves after ${String(settings.failoverAfter)} failures`
          : ""}
      </p>
      {beat?.isolatedSinceMs != null && (
        <p class="problem">The daemon believes that this machine is cut off: it moves nothing.</p>
      )}
      <RoundByHand />
      <h2>Checks</h2>
      {beat && beat.checks.length > 0 ? (
        <div class="scroll" tabIndex={0} role="group" aria-label="Checks">
          <table class="data plain stacks">
            <thead>
              <tr>
                <th scope="col">Container</th>
                <th scope="col">Check</th>
                <th scope="col">State</th>
                <th scope="col" class="numeric">
                  Restarts
                </th>
                <th scope="col">May move to</th>
              </tr>
            </thead>
            <tbody>
              {beat.checks.map((check) => (
                <tr key={check.key}>
                  <td>
                    <a href={`#/containers/${encodeURIComponent(check.key)}`}>{check.key}</a>
                  </td>
                  <td data-title="Check">{check.kind}</td>
                  <td>
                    {beat.lastRoundAtMs === null ? (
                      <State sign="?" tone="quiet" text="not checked yet" />
                    ) : check.failures === 0 ? (
                      <State sign="●" tone="good" text="well" />
                    ) : (
                      <State sign="▲" tone="bad" text={`${String(check.failures)} in a row`} />
                    )}
                    {check.message !== null && <div class="detail">{check.message}</div>}
                  </td>
                  <td class="numeric" data-title="Restarts">
                    {check.restarts}
                  </td>
                  <td data-title="May move to">
                    {config.value?.hosts[check.container]?.join(", ") ?? "nowhere: it is only restarted"}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ) : (
        <p class="empty">The config checks no container: `hb` says what to check.</p>
      )}
      <h2>Virtual IPs</h2>
      {vips.value.map((vip) => (
        <Vip key={vip.vip} vip={vip} />
      ))}
      {vips.value.length === 0 && <p class="empty">The config has no virtual IP.</p>}
      <h2>Moves away from failing nodes</h2>
      <ul class="events">
        {(beat?.failovers ?? []).toReversed().map((move) => (
          <li key={`${move.container}${String(move.at)}`}>
            <time>{new Date(move.at).toLocaleString()}</time> <span class="type">{move.container}</span>
            <span class="detail">
              away from {move.from}
              {move.nodeDead ? ", whose node was dead" : ""}
              {move.moved ? "" : ": it failed"}
            </span>
          </li>
        ))}
      </ul>
      {(beat?.failovers ?? []).length === 0 && <p class="empty">None that the daemon remembers.</p>}
    </>
  );
}
