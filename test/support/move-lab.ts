/** A lab with a container `web` on n1, for tests of its moves. */
import { readFileSync, writeFileSync } from "node:fs";
import { beforeAll, expect } from "vitest";
import Create from "../../commands/create.ts";
import Move from "../../commands/move.ts";
import type { CliRun } from "./cli.ts";
import { runCommand } from "./command.ts";
import { withLab } from "./lab.ts";
import type { TestLab } from "./test-lab.ts";

interface Layout {
  layout: Record<string, string>[];
  hb: Record<string, unknown>[];
}

export interface MoveLab {
  readonly lab: TestLab;
  readonly config: () => Layout;
  readonly rewrite: (change: (document: Layout) => void) => void;
  /** The node that the config names. */
  readonly home: () => string | undefined;
  /** `pictl move …` */
  readonly run: (...words: string[]) => Promise<CliRun>;
  /** Every container with "web" in its name, on every node that is up, seen by docker itself. */
  readonly copies: (state: "running" | "all") => Promise<string[]>;
}

/** Registers the hooks that bring it up and down. */
export function withMoveLab(): MoveLab {
  const lab = withLab({ nodes: 3 });
  const config = (): Layout => JSON.parse(readFileSync(lab.status().config, "utf8")) as Layout;
  const copies = async (state: "running" | "all"): Promise<string[]> => {
    const rows = lab.status().nodes.filter((row) => row.state === "running");
    const found = await Promise.all(
      rows.map(async ({ node }) => {
        const flag = state === "all" ? "--all" : "";
        const names = await lab.inside(node, `docker ps ${flag} --filter name=web --format '{{.Names}}'`);
        return names
          .split("\n")
          .filter((name) => name !== "")
          .map((name) => `${name}@${node}`);
      }),
    );
    return found.flat();
  };
  beforeAll(async () => {
    const created = await runCommand(Create, ["web"], lab.status().config);
    expect(created.code, created.stderr).toBe(0);
    expect(await copies("all")).toEqual(["web@n1"]);
  });
  return {
    lab,
    config,
    rewrite: (change) => {
      const document = config();
      change(document);
      writeFileSync(lab.status().config, JSON.stringify(document, null, 2));
    },
    home: () => config().layout.find((row) => row.web !== undefined)?.node,
    run: (...words) => runCommand(Move, words, lab.status().config),
    copies,
  };
}
