import type { View } from "../../lists/index.ts";
import type { Group, KeySpec } from "./key-spec.ts";
import * as look from "./look.ts";
import { actKeys } from "./table/act.ts";
import { findKeys } from "./table/find.ts";
import { logKeys } from "./table/logs.ts";
import { lookKeys } from "./table/look.ts";
import { moveKeys } from "./table/move.ts";
import { pictlKeys } from "./table/pictl.ts";

export const groupTitles: Readonly<Record<Group, string>> = {
  move: "Moving about",
  find: "Finding and marking",
  act: "Changing something",
  look: "Looking closer",
  logs: "In the logs",
  pictl: "pictl itself",
};

/** It tells of all the others what each would do as a command. */
const asCommand: KeySpec = {
  keys: ["C-k"],
  label: "Ctrl-K",
  words: "as a command",
  help: "The `pictl` command that does the same; Enter copies it.",
  group: "look",
  run: (state) => look.commands(state, keysFor(state.view, state.readOnly)),
};

/** In the order of the help. */
export const keySpecs: readonly KeySpec[] = [
  ...moveKeys,
  ...findKeys,
  ...actKeys,
  ...lookKeys,
  asCommand,
  ...logKeys,
  ...pictlKeys,
];

/** The keys that do something in this view, those of the view itself first. */
export function keysFor(view: View, readOnly: boolean): readonly KeySpec[] {
  const here = keySpecs.filter((spec) => (spec.where?.includes(view) ?? true) && !(readOnly && spec.changes));
  return [...here.filter(({ group }) => group === "logs"), ...here.filter(({ group }) => group !== "logs")];
}
