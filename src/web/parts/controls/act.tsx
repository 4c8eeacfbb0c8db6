import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { type Answer, ask } from "../../api.ts";
import { type Deed, doIt } from "../../state/doing.ts";
import { may } from "../../state/session.ts";
import { Dialog } from "./dialog.tsx";
import { Command } from "./command.tsx";
import { Outcome } from "../results/outcome.tsx";

type Rehearsed = Pick<Answer, "result" | "failures">;

/**
 * A window in which something is chosen and then done: what would happen is shown before, by a rehearsal, and so is the
 * command that does the same. `deed` is undefined while something is missing; `rehearses`: it shows the plan at once,
 * else when somebody asks.
 */
export function Act({
  title,
  deed,
  rehearses = false,
  onClose,
  children,
}: {
  title: string;
  deed: Deed | undefined;
  rehearses?: boolean;
  onClose: () => void;
  children?: ComponentChildren;
}) {
  const [plan, setPlan] = useState<Rehearsed | "busy" | undefined>();
  const key = JSON.stringify(deed?.body) + (deed?.path ?? "");
  const rehearse = (): (() => void) => {
    let left = false;
    if (!deed) return () => undefined;
    setPlan("busy");
    void ask(deed.method, deed.path, { ...deed.body, dryRun: true }).then((answer) => {
      if (!left) setPlan(answer);
    });
    return () => {
      left = true;
    };
  };
  useEffect(() => {
    setPlan(undefined);
    return rehearses ? rehearse() : undefined;
  }, [key]);
  const waits = rehearses && (plan === undefined || plan === "busy");
  return (
    <Dialog label={title} onClose={onClose}>
      <form
        method="dialog"
        onSubmit={(event) => {
          event.preventDefault();
          if (!deed || waits) return;
          onClose();
          doIt(deed);
        }}
      >
        <h2>{title}</h2>
        {children}
        <div class="plan" aria-live="polite">
          {plan === "busy" ? (
            <p class="quiet">Looking at what would happen …</p>
          ) : plan ? (
            <>
              <h3>What would happen</h3>
              <Outcome answer={plan} />
            </>
          ) : null}
        </div>
        {deed && deed.command !== "" && <Command text={deed.command} />}
        <div class="buttons">
          {deed && !rehearses && (
            <button type="button" class="quiet-button" onClick={rehearse}>
              What would happen?
            </button>
          )}
          <button type="button" onClick={onClose}>
            Cancel
          </button>
          <button
            type="submit"
            class={deed?.danger === true ? "danger solid" : "solid"}
            disabled={!deed || waits || !may(deed.role)}
          >
            {deed?.button ?? title.split(" ")[0]}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
