import type * as later from "../../later.ts";
import { signal } from "@preact/signals";
import type { ComponentChild } from "preact";
import { useEffect } from "preact/hooks";

type All = typeof later;

const loaded = signal<All | "missing" | undefined>(undefined);
let asked = false;

/** Loads what is not on the first page, once; the console does so as soon as the browser has time. */
export function loadLater(): void {
  if (asked) return;
  asked = true;
  void import("../../later.ts").then(
    (all) => {
      loaded.value = all;
    },
    () => {
      asked = false;
      loaded.value = "missing";
    },
  );
}

/** Stands for a component that is loaded later. */
export function lazily<Props extends object>(pick: (all: All) => (props: Props) => ComponentChild) {
  return function Lazily(props: Props) {
    useEffect(loadLater, []);
    if (loaded.value === undefined) return <p class="empty">Loading …</p>;
    if (loaded.value === "missing") {
      return <p class="problem">This part of the console could not be loaded. Load the page again.</p>;
    }
    const Found = pick(loaded.value);
    return <Found {...props} />;
  };
}
