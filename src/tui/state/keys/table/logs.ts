import { views } from "../../../lists/index.ts";
import type { KeySpec } from "../key-spec.ts";
import {
  readLogsOf,
  saveLogs,
  setMarker,
  sinces,
  toggleContext,
  toggleFollow,
  toggleTimes,
  toggleWrap,
} from "../log-keys.ts";
import * as walk from "../walk.ts";

export const logKeys: readonly KeySpec[] = [
  {
    keys: ["f"],
    label: "f",
    words: "follow",
    help: "Follow what comes, or stand still.",
    group: "logs",
    where: ["logs"],
    foot: ["logs"],
    run: toggleFollow,
  },
  {
    keys: ["w"],
    label: "w",
    words: "wrap",
    help: "Wrap long lines.",
    group: "logs",
    where: ["logs"],
    foot: ["logs"],
    run: toggleWrap,
  },
  {
    keys: ["t"],
    label: "t",
    words: "times",
    help: "Show the time of each line.",
    group: "logs",
    where: ["logs"],
    foot: ["logs"],
    run: toggleTimes,
  },
  {
    keys: ["m"],
    label: "m",
    words: "marker",
    help: "Set a marker with the time.",
    group: "logs",
    where: ["logs"],
    foot: ["logs"],
    run: setMarker,
  },
  {
    keys: ["C-s"],
    label: "Ctrl-S",
    words: "save",
    help: "Save the lines that are shown to a file.",
    group: "logs",
    where: ["logs"],
    foot: ["logs"],
    run: saveLogs,
  },
  {
    keys: ["0", "1", "2", "3", "4", "5"],
    label: "0 … 5",
    words: "since",
    help: `How far back: ${sinces.map(({ label }, index) => `${index} ${label}`).join(", ")}.`,
    group: "logs",
    where: ["logs"],
    foot: ["logs"],
    run: (state, key) =>
      state.logs.of.length === 0
        ? walk.toView(state, views[Number(key) - 1] ?? "pulse")
        : readLogsOf(state, state.logs.of, Number(key)),
  },
  {
    keys: ["z"],
    label: "z",
    words: "context",
    help: "The line under the cursor among those around it, or only the hits again.",
    group: "logs",
    where: ["logs"],
    foot: ["logs"],
    run: toggleContext,
  },
];
