import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Connection } from "../../src/app/ports.ts";
import { readSyslog } from "../../src/app/syslog.ts";
import { config } from "../fakes/config.ts";
import { openTestNodes } from "../support/ssh.ts";
import { startSshd, whyNoSshd, type Sshd } from "../support/sshd.ts";

describe.skipIf(whyNoSshd)(`syslog${whyNoSshd ? ` (${whyNoSshd})` : ""}`, { timeout: 30_000 }, () => {
  let sshd: Sshd;
  beforeAll(async () => {
    sshd = await startSshd();
  });
  afterAll(() => sshd.stop());

  test("a reader that is behind makes the node wait, whichever line of a chunk it was behind with", async () => {
    let open: () => void = () => undefined;
    const behind = new Promise<void>((resolve) => {
      open = resolve;
    });
    const taken: (void | Promise<void>)[] = [];
    const real = openTestNodes();
    const nodes = {
      ...real,
      connect: async (...args: Parameters<typeof real.connect>): Promise<Connection> => {
        const connection = await real.connect(...args);
        const run: Connection["run"] = (command, options) =>
          connection.run(command, {
            ...options,
            onStdout: (chunk) => {
              const until = options?.onStdout?.(chunk);
              taken.push(until);
              // Long enough for another chunk to come, if one could.
              if (taken.length === 1) setImmediate(open);
              return until;
            },
          });
        return { ...connection, node: connection.node, run };
      },
    };
    const lines: string[] = [];
    const report = await readSyslog(
      { nodes, signal: new AbortController().signal, concurrency: 1 },
      {
        config: config({ syslog: "seq 100000" }),
        nodes: [sshd.node()],
        filter: { errors: false, warnings: false, failures: false, today: false, grep: undefined },
        tail: undefined,
        sudo: false,
        onLine: ({ line }) => (lines.push(line) === 1 ? behind : undefined),
        onIdle: () => undefined,
      },
    );
    expect(report.failures).toEqual([]);
    expect(lines).toHaveLength(100_000);
    expect(taken.length).toBeGreaterThan(1);
    expect(taken[0]).toBe(behind);
  });
});
