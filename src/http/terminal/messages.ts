import type { TerminalSize } from "../../app/ports.ts";
import type { Failure } from "../../domain/errors.ts";

/**
 * What a page says to a terminal, as text; what is typed are binary messages. The first is `open`, or `attach` to one
 * that it had before. `taken`: how many bytes of output it has drawn since then; it is sent no more than a window of
 * bytes ahead of that. `hangUp` ends what runs; a page that just leaves may come back.
 */
export type TerminalWish =
  | { readonly open: TerminalSize }
  | { readonly attach: TerminalSize & { readonly id: string } }
  | { readonly resize: TerminalSize }
  | { readonly taken: number }
  | { readonly hangUp: true };

/**
 * What it hears, as text; output are binary messages. `opened` is the first, and says how many bytes of the output come
 * again (`replayBytes`), of one that is attached to. `ended` and `refused` are the last.
 */
export type TerminalMessage =
  | { readonly kind: "opened"; readonly id: string; readonly place: string; readonly replayBytes: number }
  /** `failure` is null where the shell ended by itself, and `code` is its exit code; null where nobody knows it. */
  | { readonly kind: "ended"; readonly code: number | null; readonly failure: Failure | null }
  | { readonly kind: "refused"; readonly failure: Failure };
