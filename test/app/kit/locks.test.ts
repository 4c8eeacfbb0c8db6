import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { openProgress } from "../../fakes/progress.ts";
import { systemClock } from "../../../src/adapters/clock/index.ts";
import { withLocks } from "../../../src/app/kit/locks.ts";
import type { NodeSpec } from "../../../src/domain/config/types.ts";
import { config } from "../../fakes/config.ts";
import { openTestNodes, rejection, started, throughProxy } from "../../support/ssh.ts";
import { startSshd, whyNoSshd, type Sshd } from "../../support/sshd.ts";
import { startProxy, type TcpProxy } from "../../support/tcp-proxy.ts";

type Work = Parameters<typeof withLocks>[2];

describe.skipIf(whyNoSshd)(`locks${whyNoSshd ? ` (${whyNoSshd})` : ""}`, { timeout: 30_000 }, () => {
  let sshd: Sshd;
  beforeAll(async () => {
    sshd = await startSshd();
  });
  afterAll(async () => {
    for (const file of [fileOf("a"), fileOf("b")]) rmSync(file, { force: true });
    await sshd.stop();
  });

  /** Where root without a Docker of a group's has them. */
  const folder = "/run/pictl/locks";
  const cluster = `locks-${String(process.pid)}`;
  const fileOf = (container: string): string => join(folder, `${cluster}.${container}`);
  const [a, b] = [
    { container: "a", node: "n1" },
    { container: "b", node: "n1" },
  ];
  const aAgain = { ...a, node: "n2" };

  /** A line of its own to the one node. */
  async function operator(
    server = sshd,
    names = ["n1"],
  ): Promise<{
    proxy: TcpProxy;
    warnings: string[];
    lock: (work: (locked: Parameters<Work>[0]) => Promise<void>) => Promise<void>;
  }> {
    const proxy = await started(startProxy({ target: server.port }));
    const node: NodeSpec = await throughProxy(server, proxy.port);
    const warnings: string[] = [];
    const ports = {
      nodes: openTestNodes(),
      clock: systemClock,
      signal: new AbortController().signal,
      progress: openProgress({ warned: warnings }),
      actor: { who: `${String(proxy.port)}@here`, cause: "pictl create" },
    };
    const input = {
      config: config({ cluster, nodes: names.map((name) => ({ ...node, name })) }),
      placements: [a, b, aAgain],
      waitMs: 0,
      dryRun: false,
    };
    return { proxy, warnings, lock: (work) => withLocks(ports, input, work) };
  }

  test("one at a time, and the next as soon as the work has ended", async () => {
    const [one, two] = [await operator(), await operator()];
    await one.lock(async (locked) => {
      await locked(a);
      await two.lock(async (wanted) => {
        await rejection(wanted(b), "lock-held");
      });
    });
    await two.lock((locked) => locked(b));
    expect([...one.warnings, ...two.warnings]).toEqual([]);
  });

  test("two names of one machine in a config keep no command off its own containers", async () => {
    const [one, two] = [await operator(sshd, ["n1", "n2"]), await operator()];
    await one.lock(async (locked) => {
      await locked(a);
      await locked(aAgain);
      await rejection(
        two.lock((wanted) => wanted(a)),
        "lock-held",
      );
    });
  });

  test("what a node says besides is no answer of a lock", async () => {
    const bin = join(sshd.dir, "talks");
    mkdirSync(bin);
    writeFileSync(join(bin, "flock"), '#!/bin/sh\necho flock is deprecated here\nexec /usr/bin/flock "$@"\n', {
      mode: 0o755,
    });
    const talkative = await started(startSshd({ env: [`PATH=${bin}:/usr/bin:/bin`] }));
    const [one, two] = [await operator(talkative), await operator()];
    await one.lock(async (locked) => {
      await locked(b);
      await rejection(
        two.lock((wanted) => wanted(b)),
        "lock-held",
      );
    });
    expect(one.warnings).toEqual([]);
  });

  test("those on a line that has died count no more", async () => {
    const [one, two] = [await operator(), await operator()];
    await one.lock(async (locked) => {
      await locked(a);
      one.proxy.cut();
      await vi.waitFor(() => two.lock((free) => free(b)), 15_000);
      const error = await rejection(locked(b), "connection-lost");
      expect(error).toMatchObject({ node: "n1", container: "b", hint: expect.stringContaining("again") as string });
    });
  });

  test("a line that dies while they are taken is no node without flock", async () => {
    const bin = join(sshd.dir, "bin");
    const begun = join(bin, "begun");
    mkdirSync(bin);
    writeFileSync(join(bin, "flock"), `#!/bin/sh\n: >${begun}\nexec sleep 5\n`, { mode: 0o755 });
    const one = await operator(await started(startSshd({ env: [`PATH=${bin}:/usr/bin:/bin`] })));
    const done = one.lock((locked) => locked(a));
    done.catch(() => undefined);
    await vi.waitUntil(() => existsSync(begun), 10_000);
    one.proxy.cut();
    await rejection(done, "connection-lost");
    expect(one.warnings).toEqual([]);
  });
});
