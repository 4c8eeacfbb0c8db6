import { views } from "../../../lists/index.ts";
import { open } from "../../overlays/overlays.ts";
import { openPalette } from "../../overlays/palette.ts";
import { type KeySpec, listViews } from "../key-spec.ts";
import * as look from "../look.ts";

export const pictlKeys: readonly KeySpec[] = [
  {
    keys: [":"],
    label: ":",
    words: "commands",
    help: "The palette: views and every command, completed: `:move web n3`.",
    group: "pictl",
    foot: listViews,
    run: openPalette,
  },
  {
    keys: ["M"],
    label: "M",
    words: "mouse",
    help: "The mouse on or off; off, the terminal selects text.",
    group: "pictl",
    run: (state) => [{ ...state, mouse: !state.mouse }, [{ kind: "mouse", on: !state.mouse }]],
  },
  {
    keys: ["C-l"],
    label: "Ctrl-L",
    words: "redraw",
    help: "Draw everything anew.",
    group: "pictl",
    run: (state) => [state, [{ kind: "redraw" }]],
  },
  {
    keys: ["C-z"],
    label: "Ctrl-Z",
    words: "suspend",
    help: "Suspend; `fg` comes back.",
    group: "pictl",
    run: (state) => [state, [{ kind: "suspend" }]],
  },
  {
    keys: ["?", "f1"],
    label: "?",
    words: "help",
    help: "This help.",
    group: "pictl",
    foot: views,
    run: (state) => open(state, { kind: "help", scroll: 0 }),
  },
  {
    keys: ["q", "C-c"],
    label: "q",
    words: "quit",
    help: "Quit (Ctrl-C too); says so when something is still being done.",
    group: "pictl",
    run: look.quit,
  },
];
