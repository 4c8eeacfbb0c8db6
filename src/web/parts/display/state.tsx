import type { StatusState } from "../../../domain/container/status.ts";
import type { LiveNode } from "../../../watch/model.ts";

type Tone = "good" | "warn" | "bad" | "quiet";

/** A sign and a word: the meaning is never in the colour alone. */
const containerStates: Readonly<Record<StatusState, readonly [string, Tone]>> = {
  running: ["●", "good"],
  unhealthy: ["▲", "bad"],
  restarting: ["↻", "bad"],
  stopped: ["■", "warn"],
  done: ["✓", "good"],
  missing: ["✗", "bad"],
  changed: ["≠", "warn"],
  stray: ["+", "warn"],
  foreign: ["!", "bad"],
  unknown: ["?", "quiet"],
};

export function ContainerState({ state }: { readonly state: StatusState }) {
  const [sign, tone] = containerStates[state];
  return <State sign={sign} tone={tone} text={state} />;
}

const nodeStates: Readonly<Record<LiveNode["state"], readonly [string, Tone]>> = {
  connecting: ["…", "quiet"],
  answering: ["●", "good"],
  silent: ["?", "bad"],
  refused: ["!", "bad"],
};

export function NodeState({ state }: { readonly state: LiveNode["state"] }) {
  const [sign, tone] = nodeStates[state];
  return <State sign={sign} tone={tone} text={state} />;
}

export function State({ sign, tone, text }: { readonly sign: string; readonly tone: Tone; readonly text: string }) {
  return (
    <span class={`state ${tone}`}>
      <span class="sign" aria-hidden="true">
        {sign}
      </span>
      {text}
    </span>
  );
}
