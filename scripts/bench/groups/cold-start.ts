import { compare } from "../measure.ts";
import { type Group, pictl } from "../row.ts";

/** What the shortest commands cost, against an empty node. */
export const rows: Group = async () => {
  const runs = await compare(
    {
      node: [process.execPath, "-e", "0"],
      version: [...pictl, "--version"],
      help: [...pictl, "nodes", "--help"],
    },
    21,
  );
  const ratio = (name: string): number => (runs[name]?.cpuMs ?? 0) / (runs.node?.cpuMs ?? 1);
  return [
    { what: "CPU of `pictl --version` against `node -e 0`", value: ratio("version"), atMost: 1.3, unit: "×" },
    { what: "CPU of `pictl nodes --help` against `node -e 0`", value: ratio("help"), atMost: 2.2, unit: "×" },
  ];
};
