/** `vip show`, `move` and `release` as an operator uses them; what becomes of the address in failures is elsewhere. */
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, describe, expect, onTestFinished, test } from "vitest";
import type { VipRow } from "../../src/app/vip/show.ts";
import { pictl, startPictl } from "../support/cli.ts";
import { Daemon } from "../support/daemon.ts";
import { followedBy } from "../support/followed-by.ts";
import { labObstacle, withLab } from "../support/lab.ts";

const obstacle = await labObstacle({ docker: false });
/** Milliseconds until something must have come about; generous, since other things may use this machine too. */
const soon = { timeout: 40_000, interval: 200 };

describe.skipIf(obstacle !== undefined)("vip", () => {
  const lab = withLab({ nodes: 3, docker: false });
  const config = (): string => lab.status().config;
  const run = (...words: string[]) => pictl(["vip", ...words], { config: config() });
  const vip = (): string => lab.node("n1").address.replace(/\.\d+$/, ".10");
  const rowsOf = (stdout: string): unknown[] => (JSON.parse(stdout) as { result: { vips: unknown[] } }).result.vips;
  const show = async (): Promise<VipRow | undefined> =>
    rowsOf((await run("show", "--json")).stdout)[0] as VipRow | undefined;
  const has = async (node: string): Promise<boolean> =>
    (await lab.inside(node, `ip -4 -o addr show to ${vip()}`)) !== "";
  const holders = async (): Promise<readonly string[]> => {
    const all = ["n1", "n2", "n3"];
    const held = await Promise.all(all.map(has));
    return all.filter((_, index) => held[index]);
  };
  /** The lab's config with three candidates and these settings. */
  function write(settings: object, name = "config.json"): string {
    const document = JSON.parse(readFileSync(config(), "utf8")) as Record<string, unknown>;
    const row = (node: string) => ({ node, vip_eth_device: "eth0", vip_ping_time: "1000" });
    const path = join(dirname(config()), name);
    writeFileSync(path, JSON.stringify({ ...document, vip: ["n1", "n2", "n3"].map(row), ...settings }));
    return path;
  }
  const running: Daemon[] = [];
  async function daemonKeepsIt(path = config()): Promise<Daemon> {
    const daemon = new Daemon({ config: path });
    running.push(daemon);
    await daemon.start();
    // The nodes may have promised another one to obey it for as long as its lease, and a while.
    await expect.poll(() => daemon.log(), { ...soon, timeout: 90_000 }).toContain('"daemon.leads"');
    return daemon;
  }
  afterEach(async () => {
    for (const daemon of running.splice(0)) await daemon.stop();
    await lab.heal();
  });

  describe("with no daemon", () => {
    test("static: nobody has it, then who is told to, seen by show; a rehearsal does nothing", async () => {
      write({ vip_mode: "static" });
      const nobody = await run();
      expect(nobody.code).toBe(1);
      expect(nobody.stderr).toContain(`✗ No candidate that answers has ${vip()}.`);
      const rehearsed = await run("move", "n2", "--dry-run");
      expect([rehearsed.code, rehearsed.stdout]).toEqual([0, `${vip()}: would give it to n2\n`]);
      expect(await holders()).toEqual([]);
      expect((await run("move", "n2")).stdout).toMatch(/: given to n2 \(\d/);
      expect(await holders()).toEqual(["n2"]);
      const again = await run("move", vip(), "n2", "--json");
      expect(rowsOf(again.stdout)).toMatchObject([
        { vip: vip(), node: "n2", before: "n2", changed: false, outcome: "was there already" },
      ]);
      const shown = await run("show");
      expect([shown.code, shown.stderr]).toEqual([0, ""]);
      expect(shown.stdout).toMatch(
        / is on n2 \(for [^)]+\); static; no daemon here keeps it\nNODE +DEVICE +STATE +SEEN\n/,
      );
      expect(shown.stdout).toMatch(/^n1 +eth0 +fit\nn2 +eth0 +holds +without end\nn3 +eth0 +fit$/m);
    });

    test("release takes it from everybody once it is confirmed; a move gives it again", async () => {
      const asked = await run("release");
      expect([asked.code, asked.stderr]).toEqual([4, expect.stringContaining("Say `--yes`")]);
      expect(await holders()).toEqual(["n2"]);
      expect((await run("release", "--yes")).stdout).toMatch(/: taken from n2 \(/);
      expect(await holders()).toEqual([]);
      const shown = await run();
      expect([shown.code, shown.stdout]).toEqual([0, expect.stringContaining("was released by hand")]);
      expect((await run("move", "n1")).code).toBe(0);
      expect(await holders()).toEqual(["n1"]);
    });

    test("what cannot be is refused in words, and changes nothing", async () => {
      for (const [words, code, message] of [
        [["move", "n9"], 2, "n9 is no candidate of the virtual IP"],
        [["move", "10.0.0.1", "n1"], 2, "The config has no virtual IP 10.0.0.1."],
        [["show", "10.0.0.1"], 2, "The config has no virtual IP 10.0.0.1."],
      ] as const) {
        const refused = await run(...words);
        expect([words, refused.code, refused.stderr]).toEqual([words, code, expect.stringContaining(message)]);
      }
      await lab.onSwitch("ip link set n3 down");
      const unfit = await followedBy(run("move", "n3", "--dry-run"), () => lab.onSwitch("ip link set n3 up"));
      expect([unfit.code, unfit.stderr]).toEqual([
        1,
        expect.stringMatching(/is not moved to n3: n3 (has no|does not)/),
      ]);
      expect(await holders()).toEqual(["n1"]);
    });

    test("a dead candidate is a row and a failure", async () => {
      await lab.kill("n3");
      const shown = await followedBy(run("show", "--json"), () => lab.start("n3"));
      expect(shown.code).toBe(3);
      expect(rowsOf(shown.stdout)[0]).toMatchObject({
        candidates: [
          { node: "n1", state: "holds" },
          { node: "n2", state: "fit" },
          { node: "n3", state: "unreachable", message: "does not answer" },
        ],
      });
    });

    test("daemon --once moves a static address from a node that is dead for three runs, and refuses a short lease", async () => {
      const once = (...words: string[]) => pictl(["daemon", "--once", ...words], { config: config() });
      // Without Docker the heartbeat complains; not of the address.
      expect((await once()).stderr).not.toContain(vip());
      expect(await holders()).toEqual(["n1"]);
      await lab.kill("n1");
      try {
        for (let run = 1; run < 3; run += 1) {
          expect((await once()).stderr).toContain(
            `No candidate that answers has ${vip()}: n1 had it and does not answer`,
          );
        }
        await once();
        expect(await has("n2")).toBe(true);
      } finally {
        await lab.start("n1");
      }
      expect((await once()).stderr).not.toContain(vip());
      write({ vip_mode: "lease", vip_lease: "40000" });
      const refused = await once();
      expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining("must be longer than three rounds")]);
      await once("--every", "13");
      const left = (await show())?.candidates[1]?.leaseSecondsLeft;
      expect(left).toBeGreaterThan(20);
      write({ vip_mode: "static" });
      expect((await run("move", "n1")).code).toBe(0);
    });

    test("lease: the move leaves an address without end; Ctrl-C does not leave one that runs out", async () => {
      write({ vip_mode: "lease", vip_lease: "8000" });
      expect((await run("move", "n2")).stderr).toContain("moved from n1 to n2");
      expect(await show()).toMatchObject({
        node: "n2",
        mode: "lease",
        candidates: [{}, { leaseSecondsLeft: null }, {}],
      });
      await lab.cut("n2");
      const waiting = startPictl(["vip", "move", "n3"], { config: config() });
      const saved = join(dirname(config()), `state/vip-${lab.name}-${vip()}.json`);
      await expect.poll(() => readFileSync(saved, "utf8"), soon).toContain('"wish":"n3"');
      waiting.kill("SIGINT");
      const { code, stderr } = await waiting.ended;
      expect([code, stderr]).toEqual([130, expect.stringContaining("Nothing more is done about it")]);
      await lab.heal();
      expect(await holders()).toEqual(["n2"]);
    });

    test("another machine's daemon leads: this one does nothing", async () => {
      const elsewhere = write({ state_dir: "state-elsewhere", hb: [] }, "elsewhere.json");
      await daemonKeepsIt(elsewhere);
      const refused = await run("move", "n1");
      expect([refused.code, refused.stderr]).toEqual([4, expect.stringContaining("another daemon leads this cluster")]);
      expect(refused.stderr).toContain("Run this on the machine of the daemon that leads");
      expect(await holders()).toEqual(["n2"]);
    });
  });

  describe("with a daemon", () => {
    test("lease: the daemon does it, and tells when it has", async () => {
      const daemon = await daemonKeepsIt();
      await expect.poll(holders, soon).toHaveLength(1);
      const rehearsed = await run("move", "n1", "--dry-run");
      expect(rehearsed.stdout).toContain("would have the daemon take it from n2, then give it to n1");
      const moved = await run("move", "n1");
      expect([moved.code, moved.stderr]).toEqual([0, expect.stringContaining("moved from n2 to n1")]);
      expect(await holders()).toEqual(["n1"]);
      const shown = await show();
      expect(shown).toMatchObject({ node: "n1", daemonPid: daemon.pid, since: expect.stringContaining("T") as string });
      expect(shown?.candidates[0]?.leaseSecondsLeft).toBeLessThanOrEqual(8);
      expect((await run("release", "--yes")).code).toBe(0);
      expect(await holders()).toEqual([]);
      expect((await run("move", "n3")).code).toBe(0);
      expect(await holders()).toEqual(["n3"]);
    });

    test("lease: a holder that does not answer is waited for; who does not want to wait is told that it goes on", async () => {
      await daemonKeepsIt();
      await expect.poll(show, soon).toMatchObject({ node: "n3" });
      await lab.cut("n3");
      // The daemon may be in the middle of an order to n3; the lease lasts for six seconds more at least.
      const early = await run("move", "n2", "--wait", "4");
      expect([early.code, early.stderr]).toEqual([1, expect.stringContaining("is not on n2 yet after 4 s:")]);
      expect(early.stderr).toMatch(/The daemon \(process \d+\) goes on with it/);
      await expect.poll(() => has("n2"), soon).toBe(true);
      expect(await holders()).toEqual(["n2"]);
    });

    test("a move to a node that is not fit is refused; the holder keeps it", async () => {
      await daemonKeepsIt();
      await expect.poll(async () => (await show())?.node, soon).toBe("n2");
      await lab.cut("n1");
      const refused = await run("move", "n1");
      expect([refused.code, refused.stderr]).toEqual([
        1,
        expect.stringContaining(`${vip()} is not moved to n1: n1 does not answer.`),
      ]);
      expect(await holders()).toEqual(["n2"]);
    });

    test("more than one: each is kept, shown and moved by its name", async () => {
      const row = (node: string) => ({ node, vip_eth_device: "eth0", vip_ping_time: "1000" });
      const second = vip().replace(/\.10$/, ".9");
      write({ vips: [{ name: "db", vip_ip: second, vip_mode: "lease", vip: ["n3", "n2"].map(row) }] });
      await daemonKeepsIt();
      const nodes = async () =>
        rowsOf((await run("show", "--json")).stdout).map((each) => [(each as VipRow).name, (each as VipRow).node]);
      await expect.poll(async () => (await run("move", vip(), "n2")).code, soon).toBe(0);
      await expect.poll(nodes, soon).toEqual([
        [vip(), "n2"],
        ["db", "n3"],
      ]);
      const which = await run("release", "--yes");
      expect([which.code, which.stderr]).toEqual([2, expect.stringContaining(`There is ${vip()}, db (${second}).`)]);
      expect((await run("move", "db", "n2")).stderr).toContain("moved from n3 to n2");
      expect(await nodes()).toEqual([
        [vip(), "n2"],
        ["db", "n2"],
      ]);
      expect((await run("release", "db", "--yes")).code).toBe(0);
      expect((await run("show", "db")).stdout).toMatch(
        new RegExp(`^db ${second} was released by hand; lease of 15 s;`),
      );
      write({ vips: [] });
    });

    test("a node that takes no order is passed over with its reason", async () => {
      write({ vip_mode: "static" });
      const daemon = await daemonKeepsIt();
      await expect.poll(async () => (await show())?.node, soon).not.toBeNull();
      await expect.poll(async () => (await run("move", "n1")).code, soon).toBe(0);
      // Its disk is full or broken: it looks fit, and obeys nobody.
      const marks = `/run/pictl/${lab.name}/vip`;
      await lab.inside("n2", `mkdir -p ${marks} && mount -t tmpfs -o ro none ${marks}`);
      onTestFinished(async () => {
        await lab.inside("n2", `umount ${marks}`);
      });
      const refused = await run("move", "n2");
      expect([refused.code, refused.stderr]).toEqual([
        1,
        expect.stringContaining("n2 did not take it: the node cannot write below /run/pictl"),
      ]);
      await expect.poll(holders, soon).toEqual(["n1"]);
      await expect.poll(() => daemon.events("vip.grant-failed"), soon).toMatchObject([{ node: "n2" }]);
      const shown = (await show())?.candidates.find(({ node }) => node === "n2");
      expect(shown).toMatchObject({ state: "unfit", message: `cannot write ${marks}, and takes no order without` });
    });

    test("what leaves the config is taken back: a row, the address, the section", async () => {
      write({ vip_mode: "static" });
      const daemon = await daemonKeepsIt();
      await expect.poll(async () => (await run("move", "n1")).code, soon).toBe(0);
      // The holder loses its row, then the address itself is another one, then there is none.
      const row = (node: string) => ({ node, vip_eth_device: "eth0", vip_ping_time: "1000" });
      const reread = (settings: object): void => {
        write({ vip_mode: "static", ...settings });
        daemon.signal("SIGHUP");
      };
      reread({ vip: ["n2", "n3"].map(row) });
      await expect.poll(async () => [await has("n1"), (await holders()).length], soon).toEqual([false, 1]);
      const other = vip().replace(/\.10$/, ".8");
      reread({ vip_ip: other });
      const addresses = async () =>
        (await Promise.all(["n1", "n2", "n3"].map((node) => lab.inside(node, "ip -4 -o addr show dev eth0")))).join("");
      await expect
        .poll(async () => [(await holders()).length, (await addresses()).includes(`${other}/32`)], soon)
        .toEqual([0, true]);
      reread({ vip_ip: undefined, vip: undefined });
      await expect.poll(addresses, soon).not.toContain(other);
      const takenBack = () => daemon.events("vip.taken-back").map((event) => (event as { vip?: string }).vip);
      await expect.poll(takenBack, soon).toEqual([vip(), other]);
      write({ vip_mode: "lease", vip_lease: "8000", vip_ip: vip() });
    });

    test("a daemon that stands still is told, and the request is taken back", async () => {
      const daemon = await daemonKeepsIt();
      await expect.poll(async () => (await show())?.node, soon).not.toBeNull();
      daemon.signal("SIGSTOP");
      const deaf = await run("move", "n1", "--wait", "1");
      daemon.signal("SIGCONT");
      expect([deaf.code, deaf.stderr]).toEqual([1, expect.stringContaining("did not take it up within 1 s")]);
      await expect.poll(async () => (await run("move", "n3")).code, soon).toBe(0);
      expect(await holders()).toEqual(["n3"]);
    });
  });
});
