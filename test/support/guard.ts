/** The real guard.sh on this machine, as a node of a cluster of its own. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export const shells: readonly { readonly name: string; readonly words: readonly [string, ...string[]] }[] = [
  { name: "dash", words: ["dash"] },
  { name: "busybox sh", words: ["busybox", "sh"] },
];

/** Why the guard cannot be tried here; undefined when it can. */
export const whyNoGuard: string | undefined =
  process.getuid?.() !== 0
    ? "needs root"
    : ["/usr/bin/dash", "/bin/busybox", "/usr/bin/busybox"].filter((path) => existsSync(path)).length < 2
      ? "needs dash and busybox"
      : undefined;

const script = readFileSync(new URL("../../templates/guard.sh", import.meta.url), "utf8");
export const bootId = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();

/** Hundredths of a second. */
const uptime = (): number => Math.round(Number(readFileSync("/proc/uptime", "utf8").split(" ")[0]) * 100);

export interface GuardCall {
  readonly boot?: string;
  /** Hundredths of a second from now on; none: not checked. */
  readonly within?: number;
  readonly epoch?: number;
  readonly owner?: string;
}

export class GuardedNode {
  readonly cluster = `test-${process.pid.toString()}-${(counter++).toString()}`;
  readonly state = `/var/lib/pictl/${this.cluster}`;
  readonly volatile = `/run/pictl/${this.cluster}`;
  readonly #shell: readonly string[];
  readonly #options: { readonly as?: readonly string[]; readonly env?: NodeJS.ProcessEnv };

  /** `as`: words ahead of the shell. */
  constructor(
    shell: readonly string[],
    options: { readonly as?: readonly string[]; readonly env?: NodeJS.ProcessEnv } = {},
  ) {
    this.#shell = shell;
    this.#options = options;
  }

  run(call: GuardCall & { readonly command?: string; readonly lock?: string; readonly stdin?: string }) {
    return this.#guard("run", call, [call.lock ?? "", call.command ?? "echo done"], call.stdin);
  }

  /** `claimed EPOCH OWNER LEFT`, LEFT in whole seconds. */
  claim(
    call: GuardCall & {
      readonly epoch: number;
      readonly owner: string;
      readonly ttl: number;
      readonly marks?: string;
      readonly electorate?: string;
    },
  ): string {
    const words = [String(call.ttl * 100), call.marks ?? "", call.electorate ?? ""];
    const { stdout, stderr } = this.#guard("claim", call, words);
    const [answer, epoch, owner, left] = stdout.trim().split(" ");
    return stdout === "" ? stderr.trim() : `${answer} ${epoch} ${owner} ${Math.round(Number(left) / 100).toString()}`;
  }

  /** As if the node had been restarted: another boot, and what does not survive one is gone. */
  reboot(): void {
    rmSync(this.volatile, { recursive: true, force: true });
  }

  /** As if the promise had been made that long before, in seconds. */
  age(seconds: number): void {
    const file = join(this.volatile, "until");
    if (!existsSync(file)) return;
    const [until, boot] = readFileSync(file, "utf8").trim().split(" ");
    writeFileSync(file, `${(Number(until) - seconds * 100).toString()} ${boot ?? ""}\n`);
  }

  /** `MARKED MARKS`, as a claim that only looks is told. */
  remembers(): string {
    const { stdout } = this.#guard("claim", { epoch: 0, owner: "nobody" }, ["0", ""]);
    return stdout.trim().split(" ").slice(6).join(" ");
  }

  /** `EPOCH OWNER TTL`. */
  promise(): string {
    return readFileSync(join(this.state, "promise"), "utf8").split(" ").slice(0, 3).join(" ");
  }

  forget(): void {
    rmSync(this.state, { recursive: true, force: true });
    rmSync(this.volatile, { recursive: true, force: true });
  }

  /** Makes its folder read-only ground: a file stands where it should be. */
  spoil(): void {
    this.forget();
    mkdirSync("/var/lib/pictl", { recursive: true });
    writeFileSync(this.state, "");
  }

  #guard(verb: string, call: GuardCall, last: readonly string[], stdin = "") {
    const deadline = call.within === undefined ? "" : String(uptime() + call.within);
    const args = ["TOKEN", this.cluster, call.boot ?? "", deadline, call.epoch?.toString() ?? "", call.owner ?? ""];
    const [program = "", ...words] = [...(this.#options.as ?? []), ...this.#shell];
    const { status, stdout, stderr } = spawnSync(
      program,
      [...words, "-c", script, "guard.sh", verb, ...args, ...last],
      {
        input: stdin,
        encoding: "utf8",
        env: { ...process.env, ...this.#options.env },
      },
    );
    return { code: status, stdout, stderr };
  }
}

let counter = 0;
