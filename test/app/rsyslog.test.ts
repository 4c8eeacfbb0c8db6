import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openProgress } from "../fakes/progress.ts";
import { systemClock } from "../../src/adapters/clock/index.ts";
import { openScripts } from "../../src/adapters/scripts/index.ts";
import { analyseRsyslog } from "../../src/app/rsyslog.ts";
import { config } from "../fakes/config.ts";
import { openTestNodes, rejection } from "../support/ssh.ts";
import { startSshd, whyNoSshd, type Sshd } from "../support/sshd.ts";

describe.skipIf(whyNoSshd)(`rsyslog${whyNoSshd ? ` (${whyNoSshd})` : ""}`, { timeout: 30_000 }, () => {
  let sshd: Sshd;
  beforeAll(async () => {
    sshd = await startSshd();
  });
  afterAll(() => sshd.stop());

  test("what kept the file from being sent is told in the words of the node", async () => {
    const node = sshd.node();
    // Can be opened, and not read.
    const logfile = `/proc/${String(process.pid)}/mem`;
    const reading = analyseRsyslog(
      {
        nodes: openTestNodes(),
        scripts: openScripts(),
        signal: new AbortController().signal,
        progress: openProgress(),
        clock: systemClock,
      },
      {
        config: config({ nodes: [node], rsyslog: { host: node.name, logfile } }),
        filter: { errors: false, warnings: false, failures: false, today: false, grep: /x/ },
        sinceMs: undefined,
        top: 3,
        sudo: false,
      },
    );
    const { message } = await rejection(reading, "command-failed");
    expect(message).toBe(`Reading ${logfile} failed. gzip: stdin: Input/output error`);
  });
});
