import { copy } from "../../state/doing.ts";

/** The command line that does the same. */
export function Command({ text }: { readonly text: string }) {
  return (
    <div class="command">
      <code>{text}</code>
      <button type="button" class="quiet-button" aria-label={`Copy ${text}`} onClick={() => copy(text)}>
        Copy
      </button>
    </div>
  );
}
