/** What the demonstrations are made of: pictl as a user types it, on a lab that is left running for playing. */
import { type ChildProcess, spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

const pictl = fileURLToPath(new URL("../../bin/run.js", import.meta.url));

export interface DemoConfig {
  readonly nodes: Readonly<Record<string, { readonly address: string }>>;
  readonly layout: readonly Readonly<Record<string, unknown>>[];
}

export interface Demo {
  /** The path of the lab's config, which the commands find by themselves. */
  readonly config: string;
  readonly readConfig: () => Promise<DemoConfig>;
  /** The node that the layout has a container on. */
  readonly nodeOf: (container: string) => Promise<string>;
  /** The page of the container `web` on a node, or at an address, as soon as it answers. */
  readonly page: (where: string) => Promise<string>;
}

/**
 * Runs `work` on a fresh lab of that name and tells how to go on with `nextLines`, or loudly why it stopped. The exit
 * code is 1 then.
 */
export async function demonstrate(
  name: string,
  work: (demo: Demo) => Promise<{ readonly nextLines: readonly string[] }>,
): Promise<void> {
  const startedAt = performance.now();
  const config = `/var/lib/pictl/lab/${name}/config.json`;
  const readConfig = async (): Promise<DemoConfig> => JSON.parse(await readFile(config, "utf8")) as DemoConfig;
  try {
    if (process.getuid?.() !== 0) throw new Error("a lab of real nodes needs root; run it with `sudo`");
    chapter("Three nodes, each with its own address, sshd and dockerd");
    await run(["lab", "down", "--name", name], { quiet: true });
    await run(["lab", "up", "--name", name, "--nodes", "3", "--install"]);
    process.env.PICLUSTER_CONFIG = config;
    const { nextLines } = await work({
      config,
      readConfig,
      async nodeOf(container) {
        return String((await readConfig()).layout.find((row) => row[container] !== undefined)?.node);
      },
      async page(where) {
        const url = `http://${(await readConfig()).nodes[where]?.address ?? where}:8080/`;
        say(`$ curl ${url}`);
        return served(url);
      },
    });
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(0);
    say(`\nAll of it worked, in ${seconds} s. The lab is still up. Go on playing:`);
    say(`  export PICLUSTER_CONFIG=${config}`);
    for (const line of nextLines) say(`  node bin/run.js ${line}`);
    say(`Take it down:\n  node bin/run.js lab down --name ${name}`);
  } catch (error) {
    say(`\nThe demo stopped: ${(error as Error).message}`);
    say(`Take down what it started with: node bin/run.js lab down --name ${name}`);
    process.exitCode = 1;
  } finally {
    for (const child of background) child.kill("SIGTERM");
  }
}

const background = new Set<ChildProcess>();

/** Runs pictl as a user would, on this terminal. Throws when it ends with another code than the one expected. */
export async function run(
  words: readonly string[],
  options: { readonly expectedCode?: number; readonly quiet?: boolean } = {},
): Promise<void> {
  const { expectedCode = 0, quiet = false } = options;
  if (!quiet) typed(words);
  const code = await ended(spawn(process.execPath, [pictl, ...words], { stdio: quiet ? "ignore" : "inherit" }));
  if (!quiet && code !== expectedCode) {
    throw new Error(`\`pictl ${words.join(" ")}\` ended with code ${String(code)}, not ${String(expectedCode)}`);
  }
}

/** The standard output of a pictl that nobody sees; undefined when it failed. */
export async function ask(words: readonly string[]): Promise<string | undefined> {
  const child = spawn(process.execPath, [pictl, ...words], { stdio: ["ignore", "pipe", "ignore"] });
  let text = "";
  child.stdout.on("data", (chunk: Buffer) => (text += chunk.toString()));
  return (await ended(child)) === 0 ? text : undefined;
}

export interface Background {
  /** Throws when it is no more. */
  check(): void;
  /** Asks it to end, as Ctrl-C does, and waits; throws when it ends with another code than one of these. */
  stop(...codes: readonly number[]): Promise<void>;
}

/** Starts a pictl that goes on beside what follows. `shown`: its output comes on this terminal. */
export function start(words: readonly string[], { shown }: { readonly shown: boolean }): Background {
  typed([...words, "&"]);
  const child = spawn(process.execPath, [pictl, ...words], {
    stdio: ["ignore", shown ? "inherit" : "ignore", "ignore"],
  });
  background.add(child);
  const end = ended(child).finally(() => background.delete(child));
  const failed = (code: number | null): Error =>
    new Error(`\`pictl ${words.join(" ")}\` ended with code ${String(code)}`);
  return {
    check() {
      if (child.exitCode !== null) throw failed(child.exitCode);
    },
    async stop(...codes) {
      child.kill("SIGTERM");
      const code = await end;
      if (code === null || !codes.includes(code)) throw failed(code);
    },
  };
}

/** Waits until `look` gives something; throws what was waited for after `seconds`. */
export async function until<T>(
  what: string,
  seconds: number,
  look: () => Promise<T | undefined> | T | undefined,
): Promise<T> {
  const deadline = performance.now() + seconds * 1000;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (performance.now() > deadline) throw new Error(`after ${String(seconds)} s, ${what} has not come about`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

export function chapter(title: string): void {
  say(`\n── ${title} ${"─".repeat(Math.max(3, 76 - title.length))}`);
}

export function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

function typed(words: readonly string[]): void {
  say(`\n$ pictl ${words.map((word) => (/[ "']/.test(word) ? JSON.stringify(word) : word)).join(" ")}`);
}

function ended(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", resolve);
  });
}

async function served(url: string): Promise<string> {
  let failure: unknown;
  const page = await until(`a page at ${url}`, 10, async () => {
    try {
      const response = await fetch(url, { signal: AbortSignal.timeout(2000) });
      if (response.ok) return (await response.text()).trim();
      failure = `HTTP ${String(response.status)}`;
    } catch (error) {
      failure = error;
    }
    return undefined;
  }).catch((error: unknown) => {
    throw new Error(`${(error as Error).message}: ${String(failure)}`, { cause: error });
  });
  return page;
}
