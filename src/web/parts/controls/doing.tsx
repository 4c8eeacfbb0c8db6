import { agree, asked, dismiss, doIt, notes, type Deed } from "../../state/doing.ts";
import { may } from "../../state/session.ts";
import { jobs } from "../../state/store.ts";
import { Command } from "./command.tsx";
import { Dialog } from "./dialog.tsx";
import { FailureText } from "../results/failures.tsx";
import { drawerOpen } from "../../state/drawer.ts";

/** The button of something that can be done; what does the same on a command line is its title. */
export function DeedButton({ deed, solid = false }: { readonly deed: Deed; readonly solid?: boolean }) {
  if (!may(deed.role)) return null;
  return (
    <button
      type="button"
      class={`${deed.danger === true ? "danger" : ""} ${solid ? "solid" : ""}`}
      title={deed.command}
      onClick={(event) => {
        event.stopPropagation();
        doIt(deed);
      }}
    >
      {deed.button}
    </button>
  );
}

/** What asks before something is done. */
export function Question() {
  const wanted = asked.value;
  if (!wanted) return null;
  const { deed, question } = wanted;
  const close = (): void => {
    asked.value = undefined;
  };
  return (
    <Dialog label={deed.title} onClose={close}>
      <h2>{deed.title}</h2>
      <p class="question">{question}</p>
      {deed.command !== "" && <Command text={deed.command} />}
      <div class="buttons">
        <button type="button" autofocus onClick={close}>
          No
        </button>
        <button type="button" class={deed.danger === true ? "danger solid" : "solid"} onClick={agree}>
          Yes, {deed.button.toLowerCase()}
        </button>
      </div>
    </Dialog>
  );
}

const signs = { busy: "↻", good: "✓", bad: "✗" } as const;

/** What runs for this tab, and what has come of it. */
export function Notes() {
  return (
    <div class="notes" role="status" aria-live="polite">
      {notes.value.map(({ id, kind, title, failures, job }) => (
        <div key={id} class={`note ${kind}`}>
          <div>
            <strong>
              <span aria-hidden="true">{signs[kind]}</span> {title}
            </strong>
            {kind === "busy" && job !== undefined && <Progress job={job} />}
            {failures.map((failure) => (
              <p key={failure.message}>
                <FailureText failure={failure} />
              </p>
            ))}
          </div>
          <button type="button" class="quiet-button" aria-label="Dismiss" onClick={() => dismiss(id)}>
            ×
          </button>
        </div>
      ))}
    </div>
  );
}

function Progress({ job }: { readonly job: string }) {
  const text = jobs.value.find(({ id }) => id === job)?.progress;
  return (
    <p class="quiet">
      {text ?? "It has begun."}{" "}
      <button
        type="button"
        class="link"
        onClick={() => {
          drawerOpen.value = true;
        }}
      >
        Show the job
      </button>
    </p>
  );
}
