import type { Clock } from "../app/ports.ts";
import type { Happening } from "./happening.ts";
import type { Interest, Live } from "./live.ts";
import type { Model } from "./model.ts";
import { reduce } from "./reduce/index.ts";

/** Viewers are told at most so often: nobody reads faster, and a hundred happenings are one change to look at. */
const tellEveryMs = 50;

/** The model, and those who look at it. */
export interface Board extends Pick<Live, "current" | "subscribe" | "watch"> {
  /** What feeds the model says what it has seen. */
  tell(happening: Happening): void;
  /** The containers of a node whose use somebody watches, by name. */
  watched(node: string): ReadonlySet<string> | "all";
}

type Listener = Parameters<Live["subscribe"]>[0];

/** `onFirst` and `onLast` are called when there is a subscriber, and when there is none any more. */
export function openBoard(
  clock: Clock,
  first: Model,
  { onFirst, onLast }: { readonly onFirst: () => void; readonly onLast: () => void },
): Board {
  let model = first;
  let telling = false;
  const viewers = new Set<{ readonly listener: Listener; seen: Model }>();
  const interests = new Set<Interest>();

  const tellAll = (): void => {
    telling = false;
    for (const viewer of viewers) {
      const before = viewer.seen;
      if (before === model) continue;
      viewer.seen = model;
      viewer.listener(model, before);
    }
  };
  return {
    current: () => model,
    tell(happening) {
      const after = reduce(model, happening);
      if (after === model) return;
      model = after;
      if (telling || viewers.size === 0) return;
      telling = true;
      void clock.sleep(tellEveryMs).then(tellAll);
    },
    subscribe(listener) {
      const viewer = { listener, seen: model };
      viewers.add(viewer);
      if (viewers.size === 1) onFirst();
      return () => {
        if (viewers.delete(viewer) && viewers.size === 0) onLast();
      };
    },
    watch(interest) {
      // The same object may be given twice.
      const own = { ...interest };
      interests.add(own);
      return () => {
        interests.delete(own);
      };
    },
    watched(node) {
      const names = new Set<string>();
      for (const { uses } of interests) {
        if (uses === "all") return "all";
        for (const key of uses) if (key.endsWith(`@${node}`)) names.add(key.slice(0, -node.length - 1));
      }
      return names;
    },
  };
}
