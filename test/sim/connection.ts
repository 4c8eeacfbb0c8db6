import { Duplex } from "node:stream";
import type { Connection, GuardOptions, Outcome, Privilege, RunOptions } from "../../src/app/ports.ts";
import { PictlError } from "../../src/domain/errors.ts";
import { type ClockSample, deadlineOn } from "../../src/domain/guard/clock.ts";
import { commandWindowMs, type Fence, leaseOver } from "../../src/domain/guard/command.ts";
import { safety } from "../../src/domain/safety.ts";
import { type Command, render } from "../../src/domain/shell.ts";
import { onAbort } from "../../src/abort.ts";
import type { Stream } from "./network.ts";
import { lockHolder, lockNames } from "./locks.ts";
import { loginOf, refusalOf } from "./rights.ts";
import type { Said, SimNode } from "./node.ts";
import type { GuardModel } from "../support/guard-model.ts";
import type { Answer, Process } from "./process.ts";
import type { World } from "./world.ts";

/** As locks.ts says: without a sign of life for so long, the node frees them. */
const lockIdleMs = 20_000;
/** As src/adapters/ssh/guard/guarding.ts. */
const clockAgeMs = 60_000;

/** One SSH connection of a process to a node. */
export class SimConnection implements Connection {
  readonly node: string;
  readonly login: NonNullable<Connection["login"]>;
  readonly onLost: () => void;
  readonly #world: World;
  readonly #process: Process;
  readonly #machine: SimNode;
  readonly #bootId: string;
  readonly #there: Stream;
  readonly #back: Stream;
  readonly #waiting = new Set<() => void>();
  readonly #lines = new Set<() => void>();
  readonly #fence: (() => Fence | undefined) | undefined;
  #sample: ClockSample | undefined;
  #lost = false;

  /** `fence`: in whose name commands are given; missing for commands by hand. */
  constructor(
    world: World,
    process: Process,
    machine: SimNode,
    { fence, onLost }: { readonly fence: (() => Fence | undefined) | undefined; readonly onLost: () => void },
  ) {
    this.#world = world;
    this.#process = process;
    this.#machine = machine;
    this.node = machine.name;
    this.login = { address: `${machine.name}:22`, user: "root", method: "publickey", through: [] };
    this.#bootId = machine.bootId;
    this.onLost = onLost;
    this.#fence = fence;
    const lost = (): void => {
      this.lose();
    };
    this.#there = world.network.stream(lost);
    this.#back = world.network.stream(lost);
    process.onDeath.push(() => {
      this.close();
    });
  }

  /** No answer will come any more, and no question goes out. */
  lose(): void {
    if (this.#lost) return;
    this.#lost = true;
    this.#process.wake(() => {
      this.onLost();
      for (const each of [...this.#waiting]) each();
    });
    for (const end of this.#lines) end();
  }

  /** Says goodbye; what is under way goes on. */
  close(): void {
    if (this.#lost) return;
    this.#lost = true;
    for (const each of [...this.#waiting]) each();
    for (const end of this.#lines) this.#carryThere(end);
  }

  #carryThere(message: () => void): void {
    this.#world.network.carry(this.#there, this.#process.machine, this.node, () => {
      if (this.#machine.bootId === this.#bootId) message();
      else {
        this.#world.network.carry(this.#back, this.node, this.#process.machine, () => {
          this.lose();
        });
      }
    });
  }

  #carryBack(message: () => void): void {
    this.#world.network.carry(this.#back, this.node, this.#process.machine, message);
  }

  /** While somebody waits, the other side is asked every 5 s whether it is there; three silences end the connection. */
  #keepAlive(): () => void {
    const { timeline, network } = this.#world;
    let silences = 0;
    const ask = (): void => {
      const there = network.reaches(this.#process.machine, this.node) && this.#machine.bootId === this.#bootId;
      silences = there ? 0 : silences + 1;
      if (silences === 3) this.lose();
      else off = timeline.after(5000, ask);
    };
    let off = timeline.after(5000, ask);
    return () => {
      off();
    };
  }

  /**
   * A question and its answer. `lost` says what it means when no answer can come any more; `late` what it means when
   * it took longer than `timeoutMs`.
   */
  request<T>(
    what: string,
    options: {
      readonly timeoutMs: number;
      readonly signal: AbortSignal | undefined;
      readonly atNode: (reply: (answer: () => void) => void, answer: Answer<T>) => void;
      readonly lost: (answer: Answer<T>) => void;
      readonly late: (answer: Answer<T>) => void;
    },
  ): Promise<T> {
    return this.#process.ask<T>(`${this.node}: ${what}`, (settle) => {
      if (this.#lost) {
        settle.reject(lostBefore(this.node));
        return;
      }
      const end: (() => void)[] = [];
      const ending =
        <V>(how: (value: V) => void) =>
        (value: V): void => {
          for (const each of end) each();
          how(value);
        };
      const answer: Answer<T> = { resolve: ending(settle.resolve), reject: ending(settle.reject) };
      const lost = (): void => {
        options.lost(answer);
      };
      this.#waiting.add(lost);
      end.push(() => this.#waiting.delete(lost));
      end.push(this.#keepAlive());
      if (Number.isFinite(options.timeoutMs)) {
        end.push(
          this.#process.timer(options.timeoutMs, () => {
            options.late(answer);
          }),
        );
      }
      end.push(
        onAbort(options.signal, () => {
          answer.reject(interrupted(this.node, options.signal));
        }),
      );
      this.#carryThere(() => {
        options.atNode((reply) => {
          this.#carryBack(reply);
        }, answer);
      });
    });
  }

  async run(command: Command, options: RunOptions = {}): Promise<Outcome> {
    const { guard, signal, timeoutMs = 60_000 } = options;
    const text = render(command);
    const changes = guard !== undefined;
    const stamp = guard && (await this.#stamp(guard, timeoutMs));
    const sentAt = this.#world.timeline.now;
    if (changes) for (const ambush of this.#world.ambushes) ambush(this.node, text, this.#process);
    const unknown = (reason: "timeout" | "connection-lost") => (answer: Answer<Outcome>) => {
      answer.resolve({
        ...blank,
        durationMs: this.#world.timeline.now - sentAt,
        status: "unknown",
        code: null,
        reason,
      });
    };
    return this.request<Outcome>(text, {
      timeoutMs,
      signal,
      late: unknown("timeout"),
      lost: unknown("connection-lost"),
      atNode: (reply, answer) => {
        const refusal = stamp && this.#refusal(stamp);
        if (changes)
          this.#world.say(this.node, refusal === undefined ? `$ ${text}` : `refuses (${refusal.code}) ${text}`);
        if (refusal) {
          reply(() => {
            answer.reject(refusal);
          });
          return;
        }
        const done = ({ code, stdout, stderr }: Said): void => {
          if (changes && code !== 0) this.#world.say(this.node, `  failed (${String(code)}): ${stderr}`);
          const durationMs = this.#world.timeline.now - sentAt;
          reply(() => {
            answer.resolve({
              ...blank,
              stdout,
              stderr,
              durationMs,
              ...(code === 0 ? { status: "ok", code: 0 } : { status: "failed", code }),
            });
          });
        };
        const denied = refusalOf(command, this.#login(), options.sudo === true);
        if (denied !== undefined) {
          done({ code: 1, stdout: "", stderr: denied });
          return;
        }
        const stdin = typeof options.stdin === "string" ? options.stdin : "";
        this.#machine.execute(command, done, { deadlineMs: stamp?.deadlineMs, stdin, guard: this.#guard() });
      },
    });
  }

  /** What a guarded command carries, when it is sent. */
  async #stamp(guard: GuardOptions, timeoutMs: number): Promise<Stamp> {
    const sample = await this.clock({ maxAgeMs: guard.clockAgeMs ?? clockAgeMs });
    const { lease = () => Infinity } = guard;
    if (lease() <= this.#process.monotonic()) throw leaseOver(this.node);
    const window = this.#process.monotonic() + (guard.windowMs ?? Math.min(commandWindowMs, timeoutMs));
    const until = Math.min(guard.until ?? window, lease());
    return { deadlineMs: 10 * deadlineOn(sample, until), fence: this.#fence?.() };
  }

  /** What `templates/guard.sh` says. The boot is that of this connection: another one would not know it. */
  #refusal({ deadlineMs, fence }: Stamp): PictlError | undefined {
    const { node } = this;
    if (this.#machine.stubborn) {
      return new PictlError("state-write-failed", "The node could not write: nothing was done.", { node });
    }
    const call = {
      ...(safety.deadline ? { deadline: deadlineMs } : {}),
      fence: safety.epoch ? fence : undefined,
    };
    const [guard, uptime] = [this.#guard(), this.#machine.uptimeMs()];
    // What root's memory forbids, it forbids to all.
    const ofRoot = guard === this.#machine.guard ? "run" : this.#machine.guard.copy().run(uptime, call);
    const verdict = ofRoot === "run" ? guard.run(uptime, call) : ofRoot;
    if (verdict === "run") return undefined;
    const code = ({ late: "command-late", rebooted: "node-rebooted", superseded: "superseded" } as const)[verdict];
    if (verdict === "late") this.#sample = undefined;
    return new PictlError(code, `The node refused the command: it is ${verdict}.`, { node });
  }

  pipe(command: Command, options: { readonly sudo?: boolean; readonly signal?: AbortSignal } = {}): Promise<Duplex> {
    // The locks are of those who may use Docker.
    refusalOf(command, this.#login(), options.sudo === true);
    if (!this.#login().docker && options.sudo !== true) throw new RangeError("the locks are not this login's");
    this.#world.locks(this.#process, lockNames(command));
    this.#world.say(this.node, `locks ${lockNames(command).join(" ")}`);
    return this.request<Duplex>("lock", {
      timeoutMs: Infinity,
      signal: options.signal,
      late: () => undefined,
      lost: (answer) => {
        answer.reject(lostBefore(this.node));
      },
      atNode: (reply, answer) => {
        const id = Symbol(this.node);
        const said = this.#machine.locks.take(lockNames(command), lockHolder(command), id);
        const line = this.#line(id, said);
        reply(() => {
          answer.resolve(line);
        });
      },
    });
  }

  /** A lock command that runs as long as its stdin brings something. */
  #line(id: symbol, said: string): Duplex {
    const release = (): void => {
      if (!this.#lines.delete(release)) return;
      this.#machine.locks.release(id);
      this.#carryBack(() => {
        this.#process.wake(() => {
          stream.push(null);
        });
      });
    };
    this.#lines.add(release);
    const bye = (): void => {
      this.#carryThere(release);
    };
    const stream = new Duplex({
      read: () => undefined,
      write: (_chunk, _encoding, done) => {
        done();
      },
      final: (done) => {
        bye();
        done();
      },
      destroy: (error, done) => {
        bye();
        done(error);
      },
    });
    stream.on("error", () => undefined);
    stream.push(said);
    this.#world.streams.add(stream);
    stream.on("close", () => {
      this.#world.streams.delete(stream);
    });
    this.#watchIdle(release);
    return stream;
  }

  #watchIdle(release: () => void): void {
    const { timeline, network } = this.#world;
    let silentSince: number | undefined;
    const look = (): void => {
      if (!this.#lines.has(release)) return;
      const alive =
        !this.#lost && this.#process.state === "running" && network.isOpen(this.#process.machine, this.node);
      silentSince = alive ? undefined : (silentSince ?? timeline.now);
      if (silentSince !== undefined && timeline.now - silentSince >= lockIdleMs) release();
      else timeline.after(5000, look);
    };
    timeline.after(5000, look);
  }

  openTcp(host: string, port: number, signal?: AbortSignal): Promise<Duplex> {
    const refused = new PictlError("command-failed", `sshd on ${this.node} does not open ${host}:${port}.`);
    return this.request<Duplex>(`tcp ${host}:${port}`, {
      timeoutMs: 60_000,
      signal,
      late: (answer) => {
        answer.reject(refused);
      },
      lost: (answer) => {
        answer.reject(refused);
      },
      atNode: (reply, answer) => {
        const { network, timeline } = this.#world;
        const to = host === "127.0.0.1" ? this.node : host;
        const reached = network.reaches(this.node, to);
        const open = reached && this.#world.listens(to, port);
        timeline.after(reached ? 1 : 3000, () => {
          reply(() => {
            if (open) answer.resolve(plug());
            else answer.reject(refused);
          });
        });
      },
    });
  }

  listen(): Promise<never> {
    return Promise.reject(new PictlError("command-failed", `sshd on ${this.node} forwards no ports.`));
  }

  async dockerHost(): Promise<string> {
    return "unix:///var/run/docker.sock";
  }

  async privilege(): Promise<Privilege> {
    return this.#login();
  }

  #guard(): GuardModel {
    const { root, sudo } = this.#login();
    return root || sudo ? this.#machine.guard : this.#machine.ownGuard;
  }

  #login(): Privilege {
    const rootless = this.#world.rootless.has(this.#process.machine);
    return rootless ? { root: false, docker: true, sudo: false } : loginOf(this.node);
  }

  /** Told again only when what was told is too old, as src/adapters/ssh/guard/node-clock.ts does. */
  async clock({ maxAgeMs = clockAgeMs }: { readonly maxAgeMs?: number } = {}): Promise<ClockSample> {
    const known = this.#sample;
    if (known && this.#process.monotonic() - known.at <= maxAgeMs) return known;
    const lost = (answer: Answer<number>): void => {
      answer.reject(lostBefore(this.node));
    };
    const uptimeMs = await this.request<number>("clock", {
      timeoutMs: 60_000,
      signal: undefined,
      late: lost,
      lost,
      atNode: (reply, answer) => {
        const told = this.#machine.uptimeMs();
        reply(() => {
          answer.resolve(told);
        });
      },
    });
    return (this.#sample = { bootId: this.#bootId, uptimeMs, at: this.#process.monotonic() });
  }

  openSocket(): Promise<Duplex> {
    throw new RangeError("the simulation has no sockets");
  }

  terminal(): Promise<never> {
    throw new RangeError("the simulation has no terminals");
  }
}

interface Stamp {
  /** On the node's own clock. */
  readonly deadlineMs: number;
  readonly fence: Fence | undefined;
}

const blank = { stdout: "", stderr: "", truncated: false };

/** A stream that is closed at once. */
export function plug(): Duplex {
  return new Duplex({
    read: () => undefined,
    write: (_chunk, _encoding, done) => {
      done();
    },
  });
}

function lostBefore(node: string): PictlError {
  return new PictlError("connection-lost", "The connection was lost before the command was started.", { node });
}

export function interrupted(node: string, signal: AbortSignal | undefined): PictlError {
  if (signal?.reason instanceof PictlError) return signal.reason.at({ node });
  return new PictlError("interrupted", `The work on ${node} was interrupted.`, { node });
}
