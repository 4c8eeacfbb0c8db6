import { useState } from "preact/hooks";
import { oldAfterMs } from "../../../watch/select.ts";
import type { LiveVip } from "../../../watch/model.ts";
import type { PictlEvent } from "../../../domain/events/event.ts";
import { vipMove, vipRelease } from "../../deeds/cluster.ts";
import { Age, Since } from "../display/age.tsx";
import { DeedButton } from "../controls/doing.tsx";
import { EventLines } from "../logs/events.tsx";
import { FailureText } from "../results/failures.tsx";
import { State } from "../display/state.tsx";
import { useLook } from "../results/use-look.ts";

const signs = {
  holds: ["●", "good", "has it"],
  fit: ["○", "good", "can take it"],
  unfit: ["✗", "bad", "cannot take it"],
  unreachable: ["?", "bad", "does not answer"],
  refused: ["!", "bad", "lets us not in"],
} as const;

/** A virtual IP: who has it, who could take it and why the others cannot, and who had it before. */
export function Vip({ vip }: { readonly vip: LiveVip }) {
  const [past, setPast] = useState(false);
  return (
    <section class="card vip" aria-label={vip.name}>
      <div class="title">
        {vip.name === vip.vip ? vip.vip : `${vip.name} (${vip.vip})`} <VipHolder vip={vip} />
        <span class="buttons">
          {vip.node !== null && <DeedButton deed={vipRelease(vip.name)} />}
          <button type="button" aria-expanded={past} onClick={() => setPast(!past)}>
            History
          </button>
        </span>
      </div>
      {vip.holders.length > 1 && (
        <p class="problem">{vip.holders.join(" and ")} both have it: the network may send to either.</p>
      )}
      {vip.failures.map((failure) => (
        <p key={failure.message} class="problem">
          <FailureText failure={failure} />
        </p>
      ))}
      <ul class="rows">
        {vip.candidates.map((each) => {
          const [sign, tone, text] = signs[each.state];
          return (
            <li key={each.node}>
              <State sign={sign} tone={tone} text={text} />
              <a href={`#/nodes/${encodeURIComponent(each.node)}`}>{each.node}</a>
              <span class="detail">
                {[
                  each.device,
                  each.leaseSecondsLeft === null ? "" : `lease: ${String(Math.round(each.leaseSecondsLeft))} s left`,
                  each.message,
                ]
                  .filter(Boolean)
                  .join(", ")}
              </span>
              <span class="buttons">{each.state === "fit" && <DeedButton deed={vipMove(vip.name, each.node)} />}</span>
            </li>
          );
        })}
      </ul>
      {past && <History vip={vip.vip} />}
      <p class="foot">
        {vip.mode === "lease"
          ? "It ends on a node by itself when nobody renews it."
          : "It stays where it is until it is moved."}
        <Age atMs={vip.seenAtMs} oldMs={oldAfterMs.vip} />
      </p>
    </section>
  );
}

/** Who has it, and for how long. */
export function VipHolder({ vip }: { readonly vip: LiveVip }) {
  if (vip.node === null) {
    const text =
      vip.seenAtMs === null ? "not looked at yet" : vip.released ? "released: nobody has it" : "nobody has it";
    return <strong class={vip.seenAtMs === null ? "quiet" : "bad"}>{text}</strong>;
  }
  return (
    <span>
      <strong>{vip.node}</strong>
      {vip.since !== null && (
        <span class="quiet">
          {" "}
          for <Since atMs={Date.parse(vip.since)} />
        </span>
      )}
    </span>
  );
}

function History({ vip }: { readonly vip: string }) {
  const { result, busy } = useLook<{ events: readonly PictlEvent[] }>("event.list", { type: ["vip"], tail: 500 });
  const mine = (result?.events ?? []).filter((event) => event.vip === vip);
  return busy ? (
    <p class="quiet">Reading the event log …</p>
  ) : (
    <EventLines events={mine.slice(-20).toReversed()} empty="The event log tells of no holder." />
  );
}
