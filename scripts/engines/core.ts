/**
 * What pictl is for, on three lab nodes whose engine is that of the root this runs in (`on-other-root.sh`): each part is
 * told with its seconds as a JSON line. `core.ts NAME SUBNET`, as root, with a build of pictl.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { rmSync } from "node:fs";
import { cp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { CoreRow } from "./core-row.ts";

const [name = "core", subnet = "10.88.0.0/24"] = process.argv.slice(2);
const pictl = fileURLToPath(new URL("../../bin/run.js", import.meta.url));
const dir = `/var/lib/pictl/lab/${name}`;
const config = join(dir, "config.json");

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function launched(words: readonly string[]): { readonly child: ChildProcess; readonly ended: Promise<Ended> } {
  const child = spawn(process.execPath, [pictl, ...words], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, PICLUSTER_CONFIG: config },
  });
  const text = { stdout: "", stderr: "" };
  child.stdout.on("data", (chunk: Buffer) => (text.stdout += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (text.stderr += chunk.toString()));
  const ended = new Promise<Ended>((resolve) => {
    child.on("close", (code) => {
      resolve({ code, ...text });
    });
  });
  return { child, ended };
}

/** Runs pictl; throws with all that it said when it ends with another code than the one expected. */
async function run(words: readonly string[], expected = 0): Promise<string> {
  const { code, stdout, stderr } = await launched(words).ended;
  if (code !== expected) throw new Error(`pictl ${words.join(" ")}: code ${String(code)}\n${stdout}${stderr}`);
  return stdout;
}

async function on(node: string, line: string): Promise<string> {
  const document = JSON.parse(await run(["exec", "--node", node, "--json", line])) as {
    result: { nodes: readonly { readonly stdout: string }[] };
  };
  return document.result.nodes[0]?.stdout ?? "";
}

const nodes = ["n1", "n2", "n3"];

function each(line: string): Promise<readonly string[]> {
  return Promise.all(nodes.map((node) => on(node, line)));
}

async function until(what: string, seconds: number, look: () => Promise<boolean> | boolean): Promise<void> {
  const deadline = performance.now() + seconds * 1000;
  while (!(await look())) {
    if (performance.now() > deadline) throw new Error(`after ${String(seconds)} s, ${what} has not come about`);
    await pause(300);
  }
}

function expect(so: boolean, what: string, seen: string): void {
  if (!so) throw new Error(`${what}:\n${seen}`);
}

async function page(address: string): Promise<string> {
  return fetch(`http://${address}/`, { signal: AbortSignal.timeout(2000) }).then(
    (answer) => answer.text(),
    () => "",
  );
}

async function change(edit: (config: Record<string, unknown>) => void): Promise<void> {
  const parsed = JSON.parse(await readFile(config, "utf8")) as Record<string, unknown>;
  edit(parsed);
  await writeFile(config, JSON.stringify(parsed, null, 2), { mode: 0o600 });
}

function rowOf(parsed: Record<string, unknown>, node: string): Record<string, unknown> {
  const found = (parsed["layout"] as Record<string, unknown>[]).find((row) => row["node"] === node);
  if (found === undefined) throw new Error(`the layout has no ${node}`);
  return found;
}

const prefix = subnet.replace(/\.\d+\/\d+$/, "");

/** In this order; each builds on the ones before. */
const parts: Readonly<Record<string, () => Promise<string | undefined>>> = {
  nodes: async () => {
    const document = JSON.parse(await run(["nodes", "--json"])) as {
      result: { nodes: readonly { docker: unknown }[] };
    };
    await run(["doctor"]);
    return JSON.stringify(document.result.nodes[0]?.docker);
  },
  create: async () => {
    await cp(join(dir, "docker/web"), join(dir, "docker/fixed"), { recursive: true });
    await change((parsed) => {
      parsed["layout"] = [
        { node: "n1", web: "-p 8080:80 -v pages:/data" },
        // Only what cannot fail over keeps its restart policy.
        { node: "n2", clock: "-p 8081:80", fixed: "-p 8083:80 --restart always" },
        { node: "n3" },
      ];
      parsed["heartbeat_interval"] = "2000";
    });
    await run(["create"]);
    const again = await run(["create"]);
    expect((again.match(/runs already/g) ?? []).length === 3, "the second `create` did something", again);
    expect((await page(`${prefix}.11:8080`)) !== "", "web serves nothing", "");
    return undefined;
  },
  status: async () => {
    await run(["status"]);
    await on("n1", "docker kill web");
    await run(["status"], 1);
    await run(["start", "web"]);
    await run(["status"]);
    return undefined;
  },
  build: async () => {
    // A changed folder is seen, and only that image is built.
    await writeFile(join(dir, "docker/web/changed"), String(Date.now()));
    const told = await run(["build"]);
    expect(/web.*built/.test(told) && /clock.*up to date/.test(told), "not what was expected", told);
    const drift = await run(["status"], 1);
    expect(/newer/.test(drift), "the newer image is not told", drift);
    await run(["create", "--recreate"]);
    await run(["status"]);
    return undefined;
  },
  "build fails": async () => {
    await cp(join(dir, "docker/web"), join(dir, "docker/broken"), { recursive: true });
    await writeFile(
      join(dir, "docker/broken/Dockerfile"),
      'FROM scratch\nCOPY busybox /bin/busybox\nRUN ["/bin/busybox", "sh", "-c", "echo about to fail; exit 3"]\n',
    );
    await change((parsed) => {
      rowOf(parsed, "n3")["broken"] = "";
    });
    const { code, stderr } = await launched(["build", "broken"]).ended;
    expect(code === 1 && /about to fail/.test(stderr), "the failure is not told", stderr);
    return undefined;
  },
  "Ctrl-C": async () => {
    await writeFile(
      join(dir, "docker/broken/Dockerfile"),
      'FROM scratch\nCOPY busybox /bin/busybox\nRUN ["/bin/busybox", "sleep", "321"]\n',
    );
    const sleeping = () => on("n3", "ps -ef | grep '[s]leep 321' || true");
    const { child, ended } = launched(["build", "broken"]);
    await until("the build's sleep", 60, async () => (await sleeping()) !== "");
    await change((parsed) => {
      delete rowOf(parsed, "n3")["broken"];
    });
    child.kill("SIGINT");
    const { code, stderr } = await ended;
    expect(code === 130, `it ended with ${String(code)}`, stderr);
    await until("an end of the build's sleep", 20, async () => (await sleeping()) === "");
    return undefined;
  },
  "image delivery": async () => {
    await cp(join(dir, "docker/web"), join(dir, "docker/shared"), { recursive: true });
    await change((parsed) => {
      for (const node of nodes) rowOf(parsed, node)["shared"] = "";
    });
    for (const version of ["first", "second"]) {
      await writeFile(join(dir, "docker/shared/version"), version);
      const told = await run(["build", "shared"]);
      expect((told.match(/delivered from n1/g) ?? []).length === 2, "the image was not given to two nodes", told);
      const ids = await each("docker image ls --quiet --no-trunc shared");
      expect(new Set(ids).size === 1, "the nodes have different images", ids.join("\n"));
    }
    expect(/is up to date|up to date/.test(await run(["build", "shared"])), "a third build did something", "");
    return undefined;
  },
  "no litter": async () => {
    const count = async (line: string) => (await each(line)).map((text) => text.split("\n").filter(Boolean).length);
    const left = async () => ({
      images: await count("docker image ls --all --quiet --no-trunc | sort -u"),
      containers: await count("docker ps --all --quiet"),
    });
    const before = await left();
    for (let build = 0; build < 10; build++) {
      await writeFile(join(dir, "docker/shared/version"), String(build));
      await run(["build", "shared"]);
    }
    const after = await left();
    const more = after.images.map((images, at) => images - (before.images[at] ?? 0));
    await change((parsed) => {
      for (const node of nodes) delete rowOf(parsed, node)["shared"];
    });
    expect(after.containers.join() === before.containers.join(), "builds left containers", JSON.stringify(after));
    const told = await run(["prune", "--yes"]);
    const pruned = await left();
    return `ten builds: ${more.join(", ")} images more, ${pruned.images.join(", ")} after prune (${before.images.join(", ")} before); ${told.split("\n").at(-2) ?? ""}`;
  },
  logs: async () => {
    const { child, ended } = launched(["logs", "web", "--follow", "--tail", "1"]);
    let seen = "";
    child.stdout?.on("data", (chunk: Buffer) => (seen += chunk.toString()));
    const said = until("a line of the log that is followed", 20, async () => {
      await on("n1", "docker exec web sh -c 'echo said later >/proc/1/fd/1'");
      return seen.includes("said later");
    });
    await said.finally(() => child.kill("SIGINT"));
    await ended;
    return undefined;
  },
  "move with data": async () => {
    await on("n1", "docker exec web sh -c 'echo kept >/data/kept'");
    await run(["move", "web", "n3", "--copy-volumes", "--yes"]);
    const kept = await on("n3", "docker exec web cat /data/kept");
    expect(kept.trim() === "kept", "the data did not come along", kept);
    return undefined;
  },
  apply: async () => {
    // It moves, with another port.
    await change((parsed) => {
      delete rowOf(parsed, "n2")["clock"];
      rowOf(parsed, "n1")["clock"] = "-p 8082:80";
      parsed["hb"] = [
        { node: "n1", clock: "8082" },
        { node: "n3", web: "8080" },
      ];
    });
    await run(["apply", "--yes"]);
    await run(["plan"]);
    await run(["status"]);
    expect((await page(`${prefix}.11:8082`)) !== "", "clock serves nothing", "");
    return undefined;
  },
  "VIP and failover": async () => {
    const { vip_ip } = JSON.parse(await readFile(config, "utf8")) as { vip_ip: string };
    const holds = async (node: string) => (await on(node, "ip -o address show dev eth0")).includes(`${vip_ip}/32`);
    const daemon = launched(["daemon"]);
    try {
      await until("the virtual IP on n1", 40, () => holds("n1"));
      const before = performance.now();
      await run(["lab", "kill", "n1", "--name", name]);
      await until("clock on another node, and the virtual IP on n2", 60, async () => {
        const { stdout } = await launched(["status"]).ended;
        return /^clock +n[23] +running +running/m.test(stdout) && (await holds("n2"));
      });
      return `after ${((performance.now() - before) / 1000).toFixed(0)} s`;
    } finally {
      daemon.child.kill("SIGTERM");
      await daemon.ended;
    }
  },
  "comes back": async () => {
    await run(["lab", "start", "n1", "--name", name]);
    await run(["lab", "kill", "n2", "--name", name]);
    await run(["lab", "start", "n2", "--name", name]);
    const back = () => until("fixed", 15, async () => (await page(`${prefix}.12:8083`)) !== "");
    if (
      await back().then(
        () => true,
        () => false,
      )
    )
      return "by itself";
    // What systemd runs when the node starts; a lab has none.
    await on("n2", "eval \"$(sed -n 's/^ExecStart=//p' /usr/lib/systemd/system/podman-restart.service)\"");
    await back();
    return "by podman-restart.service";
  },
};

await launched(["lab", "down", "--name", name]).ended;
rmSync(dir, { recursive: true, force: true });
await tell("lab", async () => {
  await run(["lab", "up", "--name", name, "--subnet", subnet, "--nodes", "3"]);
  return undefined;
});
for (const [part, work] of Object.entries(parts)) await tell(part, work);
await launched(["lab", "down", "--name", name]).ended;

async function tell(part: string, work: () => Promise<string | undefined>): Promise<void> {
  const startedAt = performance.now();
  const found = await work().then(
    (said) => ({ ok: true, said: said ?? "" }),
    (error: unknown) => ({ ok: false, said: (error as Error).message }),
  );
  const row: CoreRow = { part, ...found, seconds: Math.round((performance.now() - startedAt) / 100) / 10 };
  process.stdout.write(`${JSON.stringify(row)}\n`);
}
