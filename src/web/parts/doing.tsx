import { agree, asked, copy, dismiss, doIt, notes, type Deed } from "../state/doing.ts";
import { may } from "../state/session.ts";
import { Dialog } from "./dialog.tsx";

/** The button of something that can be done; what does the same on a command line is its title. */
export function DeedButton({ deed, text, quiet = false }: { deed: Deed; text?: string; quiet?: boolean }) {
  if (!may("operator")) return null;
  return (
    <button
      type="button"
      class={`${deed.danger === true ? "danger" : ""} ${quiet ? "quiet-button" : ""}`}
      title={deed.command}
      onClick={(event) => {
        event.stopPropagation();
        doIt(deed);
      }}
    >
      {text ?? deed.title.split(" ")[0]}
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
      <Command text={deed.command} />
      <div class="buttons">
        <button type="button" autofocus onClick={close}>
          No
        </button>
        <button type="button" class={deed.danger === true ? "danger solid" : "solid"} onClick={agree}>
          Yes, {deed.title.split(" ")[0]?.toLowerCase()}
        </button>
      </div>
    </Dialog>
  );
}

/** The command line that does the same. */
export function Command({ text }: { readonly text: string }) {
  return (
    <div class="command">
      <code>{text}</code>
      <button type="button" class="quiet-button" onClick={() => copy(text)}>
        Copy
      </button>
    </div>
  );
}

/** What has come of it. */
export function Notes() {
  return (
    <div class="notes" role="status" aria-live="polite">
      {notes.value.map(({ id, kind, title, failures }) => (
        <div key={id} class={`note ${kind}`}>
          <div>
            <strong>
              {kind === "good" ? "✓" : "✗"} {title}
            </strong>
            {failures.map((failure) => (
              <p key={failure.message}>
                {[failure.container, failure.node].filter(Boolean).join("@")} {failure.message} {failure.hint ?? ""}
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
