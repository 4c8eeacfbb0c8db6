/**
 * `npm run demo`: three real nodes on this machine, and the main job of pictl on them, as a user would type it.
 * Ends with the lab running, for playing; fails loudly at the first step that does not do what it should.
 */
import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

const pictl = fileURLToPath(new URL("../bin/run.js", import.meta.url));
const name = "demo";
const folder = `/var/lib/pictl/lab/${name}`;
const config = `${folder}/config.json`;
const startedAt = performance.now();

try {
  await demo();
} catch (error) {
  say(`\nThe demo stopped: ${(error as Error).message}`);
  say(`Take down what it started with: node bin/run.js lab down --name ${name}`);
  process.exitCode = 1;
}

async function demo(): Promise<void> {
  if (process.getuid?.() !== 0) throw new Error("a lab of real nodes needs root; run it as `sudo npm run demo`");

  chapter("Three nodes, each with its own address, sshd and dockerd");
  await run(["lab", "down", "--name", name], { quiet: true });
  await run(["lab", "up", "--name", name, "--nodes", "3", "--install"]);

  chapter("One config file says what runs where");
  say(await readFile(config, "utf8"));
  process.env.PICLUSTER_CONFIG = config;
  await run(["config", "check"]);
  await run(["nodes"]);

  chapter("Build the images on their nodes, run the containers, compare wanted with actual");
  await run(["build"]);
  await run(["create"]);
  await run(["status"]);

  chapter("What a container serves");
  const { nodes, layout } = JSON.parse(await readFile(config, "utf8")) as {
    nodes: Record<string, { address: string }>;
    layout: { node: string; web?: string }[];
  };
  const host = layout.find((row) => row.web !== undefined)?.node ?? "";
  const url = `http://${nodes[host]?.address ?? ""}:8080/`;
  say(`$ curl ${url}`);
  say(await served(url));

  chapter("A command on every node, a script's output grouped, the containers' logs");
  await run(["exec", "uptime"]);
  await run(["exec", "--fold", "docker --version"]);
  await run(["logs", "--tail", "3"]);

  chapter("A container dies: status says so, and its exit code too");
  await run(["exec", "--node", host, "docker kill web"]);
  await run(["status"], { expectedCode: 1 });
  await run(["start", "web"]);
  await run(["status"]);
  await run(["log", "--tail", "6"]);

  say(
    `\nAll of it worked, in ${((performance.now() - startedAt) / 1000).toFixed(0)} s. The lab is still up. Go on playing:`,
  );
  say(`  export PICLUSTER_CONFIG=${config}`);
  for (const line of ["status", "exec 'df -h /'", "logs --follow", "lab kill n2 --name demo", "nodes", "doctor"]) {
    say(`  node bin/run.js ${line}`);
  }
  say(`Take it down:\n  node bin/run.js lab down --name ${name}`);
}

/** Runs pictl as a user would, on this terminal. Throws when it ends with another code than the one expected. */
async function run(words: string[], options: { expectedCode?: number; quiet?: boolean } = {}): Promise<void> {
  const { expectedCode = 0, quiet = false } = options;
  if (!quiet) say(`\n$ pictl ${words.map((word) => (/[ "']/.test(word) ? JSON.stringify(word) : word)).join(" ")}`);
  const child = spawn(process.execPath, [pictl, ...words], { stdio: quiet ? "ignore" : "inherit" });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", resolve);
  });
  if (!quiet && code !== expectedCode) {
    throw new Error(`\`pictl ${words.join(" ")}\` ended with code ${String(code)}, not ${String(expectedCode)}`);
  }
}

/** The page, as soon as the container that was just started answers. */
async function served(url: string): Promise<string> {
  const deadline = performance.now() + 10_000;
  for (;;) {
    try {
      const response = await fetch(url, { signal: AbortSignal.timeout(2000) });
      if (!response.ok) throw new Error(`HTTP ${String(response.status)}`);
      return (await response.text()).trim();
    } catch (error) {
      if (performance.now() > deadline)
        throw new Error(`${url} serves nothing: ${(error as Error).message}`, { cause: error });
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

function chapter(title: string): void {
  say(`\n── ${title} ${"─".repeat(Math.max(3, 76 - title.length))}`);
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
