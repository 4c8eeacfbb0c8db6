import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openEngines } from "../../src/adapters/docker/index.ts";
import type { Engine, LogOptions } from "../../src/app/ports.ts";
import type { NodeSpec } from "../../src/domain/config/types.ts";
import type { LogRecord } from "../../src/domain/docker/facts.ts";
import { cpuPercent } from "../../src/domain/docker/engine/stats.ts";
import { labObstacle, type TestLab, withLab } from "../support/lab.ts";
import { type RealPorts, realPorts } from "../support/ports.ts";

const obstacle = await labObstacle();

/** An image with busybox as `bb` on the node. */
async function importBusybox(lab: TestLab): Promise<void> {
  await lab.inside("n1", "tar -C /var/tmp --transform 's,.*/,bin/,' -cP /bin/busybox | docker import - bb");
}

/** A shell in a container of that name; resolves to its id. */
async function run(lab: TestLab, name: string, options: string, text: string): Promise<string> {
  const words = `docker run -d --name ${name} ${options} bb /bin/busybox sh -c '${text}'`;
  return (await lab.inside("n1", words)).trim();
}

function nodeOf(real: RealPorts, user?: string): NodeSpec {
  const node = real.config.nodes.find((each) => each.name === "n1");
  if (!node) throw new Error("expected a node n1");
  return user === undefined ? node : { ...node, name: `n1-${user}`, ssh: { ...node.ssh, user } };
}

/** An account on the node that the lab's key opens. */
async function addUser(lab: TestLab, name: string, ...groups: string[]): Promise<void> {
  const home = `/run/${name}`;
  await lab.inside(
    "n1",
    `useradd -M -d ${home} -s /bin/sh ${groups.map((group) => `-G ${group}`).join(" ")} ${name} && usermod -p '*' ${name} &&
     mkdir -p ${home}/.ssh && cp /root/.ssh/authorized_keys ${home}/.ssh/ && chown -R ${name}: ${home}`,
  );
}

const all: LogOptions = { follow: false, tail: undefined, since: undefined, signal: new AbortController().signal };

async function collect(records: AsyncIterable<LogRecord>): Promise<LogRecord[]> {
  const list: LogRecord[] = [];
  for await (const record of records) list.push(record);
  return list;
}

describe.skipIf(obstacle !== undefined)("Docker over a forwarded socket", () => {
  const lab = withLab({ nodes: 1 });
  let real: RealPorts;
  let engine: Engine;
  beforeAll(async () => {
    real = await realPorts(lab);
    await importBusybox(lab);
    engine = await real.ports.engines.on(nodeOf(real));
  });
  afterAll(() => real.close());

  test("what the node has", async () => {
    const id = await run(lab, "busy", "--label io.pictl.cluster=x -p 8099:80", "while :; do :; done");
    await run(lab, "ended", "", "exit 7");
    await lab.inside("n1", "docker wait ended");
    expect(await engine.info()).toMatchObject({
      containers: 2,
      containersRunning: 1,
      cpus: expect.any(Number) as number,
    });
    expect((await engine.images()).map((image) => image.tags)).toEqual([["bb:latest"]]);

    const [busy, ended] = (await engine.containers()).sort((a, b) => (a.name < b.name ? -1 : 1));
    expect(busy).toMatchObject({ id, name: "busy", image: "bb", state: "running", health: null, exitCode: null });
    expect(busy?.labels).toEqual({ "io.pictl.cluster": "x" });
    expect(busy?.ports).toContainEqual({ ip: "0.0.0.0", publicPort: 8099, privatePort: 80, protocol: "tcp" });
    expect(Math.abs((busy?.startedAtMs ?? 0) - Date.now())).toBeLessThan(60_000);
    expect(ended).toMatchObject({ name: "ended", state: "exited", exitCode: 7 });

    const before = await engine.stats(id);
    await expect.poll(async () => cpuPercent(before, await engine.stats(id)), { timeout: 10_000 }).toBeGreaterThan(1);
    expect(before.memoryBytes).toBeGreaterThan(0);
    await lab.inside("n1", "docker rm -f busy ended");
    await expect(engine.stats(id)).rejects.toMatchObject({ code: "docker-failed", node: "n1" });
  });

  test("logs: streams, long lines, tail, since", async () => {
    const id = await run(
      lab,
      "talker",
      "",
      'echo out; echo err >&2; busybox head -c 40000 /dev/zero | busybox tr "\\0" x; echo; sleep 1; printf last'.replaceAll(
        "busybox ",
        "/bin/busybox ",
      ),
    );
    await lab.inside("n1", "docker wait talker");
    const records = await collect(engine.logs(id, all));
    const text = (stream: string) => records.filter((each) => each.stream === stream).map((each) => each.line);
    expect(text("stdout")).toEqual(["out", "x".repeat(40_000), "last"]);
    expect(text("stderr")).toEqual(["err"]);
    expect(records.every((each) => /^\d{4}-.*\.\d{9}Z$/.test(each.time))).toBe(true);

    expect((await collect(engine.logs(id, { ...all, tail: 1 }))).map((each) => each.line)).toEqual(["last"]);
    const since = Date.parse(records.at(-1)?.time ?? "") / 1000 - 0.5;
    expect((await collect(engine.logs(id, { ...all, since }))).map((each) => each.line)).toEqual(["last"]);
  });

  test("logs of a container with a terminal", async () => {
    const id = await run(
      lab,
      "teletype",
      "-t",
      '/bin/busybox head -c 40000 /dev/zero | /bin/busybox tr "\\0" x; echo; echo second',
    );
    await lab.inside("n1", "docker wait teletype");
    expect((await collect(engine.logs(id, all))).map((each) => each.line)).toEqual(["x".repeat(40_000), "second"]);
  });

  test("a followed log ends when its container is removed, and at Ctrl-C", async () => {
    const id = await run(lab, "ticker", "", "while :; do echo tick; sleep 0.1; done");
    const seen: LogRecord[] = [];
    let removing: Promise<unknown> | undefined;
    for await (const record of engine.logs(id, { ...all, follow: true })) {
      if (seen.push(record) === 3) removing = lab.inside("n1", "docker rm -f ticker");
    }
    await removing;
    expect(seen.length).toBeGreaterThanOrEqual(3);

    const other = await run(lab, "ticker", "", "while :; do echo tick; sleep 0.1; done");
    const interruption = new AbortController();
    const following = (async () => {
      for await (const record of engine.logs(other, { ...all, follow: true, signal: interruption.signal })) {
        if (record.line === "tick") interruption.abort();
      }
    })();
    await expect(following).rejects.toMatchObject({ code: "interrupted" });
    await lab.inside("n1", "docker rm -f ticker");
  });

  test("a long log passes", async () => {
    const id = await run(lab, "flood", "", "/bin/busybox seq 100000");
    await lab.inside("n1", "docker wait flood");
    let count = 0;
    let last = "";
    for await (const record of engine.logs(id, all)) {
      count += 1;
      last = record.line;
    }
    expect([count, last]).toEqual([100_000, "100000"]);
  });

  test("who may not speak to Docker is told how to be allowed to", async () => {
    await addUser(lab, "outsider");
    await expect(real.ports.engines.on(nodeOf(real, "outsider"))).rejects.toMatchObject({
      code: "docker-denied",
      node: "n1-outsider",
      hint: expect.stringContaining("usermod -aG docker") as string,
    });
  });

  test("a dockerd that hangs, one that is gone, and one that is back", async () => {
    const engines = openEngines(real.ports.nodes, { timeoutMs: 5000 });
    await lab.inside("n1", "kill -STOP $(cat /var/run/docker.pid)");
    try {
      await expect(engines.on(nodeOf(real))).rejects.toMatchObject({
        code: "docker-unavailable",
        message: expect.stringContaining("did not answer /_ping within 5 s") as string,
      });
    } finally {
      await lab.inside("n1", "kill -CONT $(cat /var/run/docker.pid)");
    }
    await lab.inside("n1", "mv /var/run/docker.sock /var/run/hidden.sock");
    try {
      await expect(openEngines(real.ports.nodes).on(nodeOf(real))).rejects.toMatchObject({
        code: "docker-unavailable",
        node: "n1",
      });
    } finally {
      await lab.inside("n1", "mv /var/run/hidden.sock /var/run/docker.sock");
    }
    expect(await (await engines.on(nodeOf(real))).info()).toMatchObject({ architecture: "x86_64" });
  });
});

describe.skipIf(obstacle !== undefined)("Docker where sshd forwards no sockets", () => {
  const lab = withLab({ nodes: 1, sshdOptions: ["AllowStreamLocalForwarding=no", "MaxSessions=1"] });
  let real: RealPorts;
  beforeAll(async () => {
    real = await realPorts(lab);
    await importBusybox(lab);
  });
  afterAll(() => real.close());

  test("speaks through the docker client, and leaves the only session to commands", async () => {
    await addUser(lab, "member", "docker");
    const node = nodeOf(real, "member");
    const engine = await real.ports.engines.on(node);
    const id = await run(lab, "talker", "--label io.pictl.cluster=x", "echo hello; sleep 100");
    expect((await engine.containers()).map((facts) => facts.id)).toEqual([id]);
    expect((await engine.containers())[0]?.startedAtMs).toBeGreaterThan(0);
    const connection = await real.ports.nodes.connect(node);
    const outcome = await connection.run({ kind: "line", line: "echo free" }, { timeoutMs: 10_000 });
    expect(outcome.stdout).toBe("free\n");
    expect((await collect(engine.logs(id, { ...all, tail: 1 }))).map((each) => each.line)).toEqual(["hello"]);
  });

  test("follows as many logs at once as there are, and answers meanwhile", async () => {
    const engine = await real.ports.engines.on(nodeOf(real));
    const names = ["one", "two", "three", "four"];
    const ids = await Promise.all(names.map((name) => run(lab, name, "", `echo ${name}; sleep 100`)));
    const stop = new AbortController();
    const logs = ids.map((id) =>
      engine.logs(id, { ...all, follow: true, signal: stop.signal })[Symbol.asyncIterator](),
    );
    const first = await Promise.all(logs.map((log) => log.next()));
    expect(first.map(({ value }) => (value as LogRecord).line)).toEqual(names);
    const found = (await engine.containers()).map((facts) => facts.id);
    for (const id of ids) expect(found).toContain(id);
    stop.abort();
  });
});
