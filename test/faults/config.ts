/** The config file under somebody's hands. */
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import type { Fault, Stage } from "./stage.ts";

/** Replaces the file as an editor does, by a text made of the present one. */
export function editConfig({ lab, auditor }: Pick<Stage, "lab" | "auditor">, change: (text: string) => string): void {
  const path = lab.status().config;
  const end = auditor.begin("by-hand", { name: "edit of the config", nodes: ["config"] });
  writeFileSync(`${path}.edited`, change(readFileSync(path, "utf8")), { mode: 0o600 });
  renameSync(`${path}.edited`, path);
  end();
}

/** Does not parse until it is healed. */
export const configBroken: Fault = {
  name: "the config is broken by hand",
  blocks: ["controller"],
  touches: ["config"],
  inject: async (stage) => {
    editConfig(stage, (text) => `${text.trimEnd()},\n`);
  },
  heal: async (stage) => {
    editConfig(stage, (text) => text.replace(/,\n$/, "\n"));
  },
};
