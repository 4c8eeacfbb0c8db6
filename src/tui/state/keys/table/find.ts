import * as act from "../act.ts";
import { type KeySpec, listViews, still } from "../key-spec.ts";
import { nextHit } from "../log-keys.ts";
import * as look from "../look.ts";
import * as walk from "../walk.ts";

export const findKeys: readonly KeySpec[] = [
  {
    keys: ["/"],
    label: "/",
    words: "filter",
    help: "Filter: `/web`, `/!web` for all others, `/-l zone=attic` by a node's label.",
    group: "find",
    foot: ["containers", "nodes", "images", "logs", "events"],
    run: look.openFilter,
  },
  {
    keys: ["n", "N"],
    label: "n N",
    words: "next hit",
    help: "The next hit of the filter, the one before.",
    group: "find",
    run: (state, key) => (state.view === "logs" ? nextHit(state, key === "n") : walk.by(state, key === "n" ? 1 : -1)),
  },
  {
    keys: ["space"],
    label: "Space",
    words: "mark",
    help: "Mark the row, and on to the next one.",
    group: "find",
    where: listViews,
    foot: ["images"],
    run: still(walk.mark),
  },
  {
    keys: ["*"],
    label: "*",
    words: "mark all",
    help: "Mark all rows that are shown.",
    group: "find",
    where: listViews,
    run: still(walk.markAll),
  },
  {
    keys: ["\\"],
    label: "\\",
    words: "unmark",
    help: "Take all marks away.",
    group: "find",
    where: listViews,
    run: still(walk.unmark),
  },
  {
    keys: ["o"],
    label: "o",
    words: "sort",
    help: "Sort by the next column.",
    group: "find",
    where: listViews,
    run: still(walk.sortNext),
  },
  {
    keys: ["O"],
    label: "O",
    words: "turn round",
    help: "Turn the order round.",
    group: "find",
    where: listViews,
    run: still(walk.sortTurn),
  },
  { keys: ["!"], label: "!", words: "the worst", help: "To the worst thing now.", group: "find", run: act.toWorst },
];
