/** The auditor itself: what is done by hand to a lab must be told, and nothing else. */
import { appendFileSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import Create from "../../commands/create.ts";
import type { Auditor } from "../auditor/index.ts";
import { outages, takeoverMs } from "../auditor/measures.ts";
import { now } from "../auditor/history.ts";
import { holdsAt } from "../auditor/intervals.ts";
import type { Copy, Picture } from "../auditor/picture.ts";
import type { Limits } from "../auditor/rules/violation.ts";
import { auditLab } from "../support/audit.ts";
import { runCommand } from "../support/command.ts";
import { labObstacle, withLab } from "../support/lab.ts";

const obstacle = await labObstacle();

describe.skipIf(obstacle !== undefined)("the auditor", () => {
  const lab = withLab({ nodes: 2 });
  let auditor: Auditor;
  let limits: Limits;
  let vip: string;
  /** What it tells of the test that runs. */
  let since = 0;
  const news = async (): Promise<string[]> =>
    (await auditor.verdict(limits, since)).map((line) => line.replace(/^[\d.]+ s /, ""));
  const ours = (picture: Picture): Copy[] => picture.copies.filter(({ cluster }) => cluster === lab.name);
  const labels = (generation: number): string =>
    `--label io.pictl.cluster=${lab.name} --label io.pictl.container=web --label io.pictl.generation=${generation}`;

  beforeAll(async () => {
    auditor = await auditLab(lab, { vip: true, canaries: ["xyzzy-canary"] });
    limits = {
      cluster: lab.name,
      twoCopiesMs: 500,
      misplacedMs: 500,
      vip: { mode: "lease", twoHoldersMs: 0, leaseSeconds: 60 },
    };
    ({ vip_ip: vip } = JSON.parse(readFileSync(lab.status().config, "utf8")) as { vip_ip: string });
    const created = await runCommand(Create, ["web"], lab.status().config);
    expect(created.code, created.stderr).toBe(0);
    await lab.inside("n1", "docker save web -o /tmp/web.tar");
  });
  beforeEach(() => {
    since = now();
  });
  afterAll(() => auditor.stop());

  test("a container that runs once where the config says is all right", async () => {
    await expect
      .poll(async () => ours(await auditor.picture()).map(({ name, node, runs }) => [name, node, runs.length]))
      .toEqual([["web", "n1", 1]]);
    expect(await news()).toEqual([]);
  });

  test("a second copy, with a Docker engine that is dead", async () => {
    const image = await lab.inside("n1", "base64 -w0 /tmp/web.tar");
    writeFileSync(`${lab.status().dir}/nodes/n2/root/var/tmp/web.tar`, Buffer.from(image, "base64"));
    await lab.inside("n2", `docker load -q -i /var/tmp/web.tar; docker run -d --name web ${labels(5)} web`);
    // The container goes on without its engine, and so must be seen without it.
    await lab.inside("n2", "kill -9 $(cat /run/docker.pid)");
    await expect
      .poll(news, { timeout: 10_000 })
      .toEqual([
        expect.stringMatching(/^two-copies: web ran 2 times: web@n1 .*, web@n2 \(generation 5, .* for [\d.]+ s/),
      ]);
  });

  test("a power loss ends what ran; what is on a dead disk is not lost, what is removed is", async () => {
    await lab.kill("n2");
    await lab.inside("n1", "docker rm -f web");
    await expect
      .poll(async () => {
        const picture = await auditor.picture();
        return ours(picture).map(({ node, exists, runs }) => [
          node,
          holdsAt(exists, picture.end - 1),
          holdsAt(runs, picture.end - 1),
        ]);
      })
      .toEqual([
        ["n1", false, false],
        ["n2", true, false],
      ]);
    expect((await news()).filter((line) => line.startsWith("lost"))).toEqual([]);
    await lab.start("n2");
    await lab.inside("n2", "docker rm -f web");
    await expect
      .poll(news, { timeout: 10_000 })
      .toContainEqual(expect.stringContaining("lost: no node had a copy of web"));
  });

  test("a config that is not whole for a moment, and one that is replaced", async () => {
    const { config } = lab.status();
    const text = readFileSync(config, "utf8");
    writeFileSync(`${config}.new`, text.replace("30000", "20000"));
    renameSync(`${config}.new`, config);
    expect((await news()).filter((line) => line.startsWith("torn"))).toEqual([]);
    writeFileSync(config, text.slice(0, 100));
    await expect.poll(news).toContainEqual(expect.stringContaining("torn-config: the config did not parse"));
    appendFileSync(config, text.slice(100));
    await news();
  });

  test("two holders for 0.3 s, to the kernel's own stamps; a wrong prefix length; an address without an end", async () => {
    const add = `ip address add ${vip}/32 dev eth0 valid_lft 60 preferred_lft 60`;
    const remove = `ip address del ${vip}/32 dev eth0`;
    await Promise.all([lab.inside("n1", add), lab.inside("n2", `${add}; sleep 0.3; ${remove}`)]);
    const found = await news();
    expect(found.filter((line) => line.startsWith("two-holders"))).toEqual([
      expect.stringMatching(/^two-holders: n1 and n2 both had the virtual address for 0\.[2-9]\d\d s/),
    ]);
    await lab.inside("n2", `ip address add ${vip}/24 dev eth0; ip address del ${vip}/24 dev eth0`);
    expect(await news()).toEqual(
      expect.arrayContaining([
        expect.stringContaining(`address-form: n2 got ${vip}/24`),
        expect.stringContaining(`address-form: n2 got ${vip}/24 for ever`),
      ]),
    );
  });

  test("two machines that answer, and a client that is served by one and then by the other", async () => {
    await lab.inside("n2", `ip address replace ${vip}/32 dev eth0 valid_lft 60 preferred_lft 60`);
    await lab.inside("n1", `ip address replace ${vip}/32 dev eth0 valid_lft 60 preferred_lft 60`);
    await expect.poll(news, { timeout: 10_000 }).toContainEqual(expect.stringContaining("two-answers: 02:4c:"));
    await lab.inside("n2", `ip address del ${vip}/32 dev eth0`);
    await lab.inside("n1", `arping -q -U -c 1 -I eth0 ${vip}`);
    await expect
      .poll(async () => (await auditor.picture()).entries.filter((entry) => entry.kind === "probe").at(-1)?.by, {
        timeout: 10_000,
      })
      .toBe("n1");
    const end = auditor.begin("fault", { name: "n1 lets go", nodes: ["n1"] });
    await lab.inside("n1", `ip address del ${vip}/32 dev eth0`);
    await lab.inside(
      "n2",
      `sleep 1; ip address add ${vip}/32 dev eth0 valid_lft 60 preferred_lft 60; arping -q -U -c 1 -I eth0 ${vip}`,
    );
    const lastOutage = async (): Promise<string> => {
      // On a busy machine, the client may miss an answer of the new one, too.
      const last = outages(await auditor.picture()).findLast(({ before, after }) => before !== after);
      return `${String(last?.before)} to ${String(last?.after)}, ${Math.round((last?.durationMs ?? 0) / 1000)} s`;
    };
    await expect.poll(lastOutage, { timeout: 10_000 }).toBe("n1 to n2, 1 s");
    end();
    const picture = await auditor.picture();
    const fault = picture.marks.find(({ name }) => name === "n1 lets go");
    expect(takeoverMs(picture, fault?.from ?? 0, "n1")).toBeLessThan(5000);
  });

  test("a secret in a node's process list", async () => {
    await lab.inside("n1", "sh -c 'sleep 0.5; : xyzzy-canary'");
    expect(await news()).toContainEqual(expect.stringContaining("secret-in-argv"));
  });
});
