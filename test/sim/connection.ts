import { Duplex } from "node:stream";
import type { Connection, Outcome, Privilege, RunOptions } from "../../src/app/ports.ts";
import { PictlError } from "../../src/domain/errors.ts";
import type { ClockSample } from "../../src/domain/guard/clock.ts";
import { safety } from "../../src/domain/safety.ts";
import { type Command, render } from "../../src/domain/shell.ts";
import { onAbort } from "../../src/abort.ts";
import { controller, type Stream } from "./network.ts";
import { lockHolder, lockNames } from "./locks.ts";
import type { SimNode } from "./node.ts";
import type { Answer, Process } from "./process.ts";
import type { World } from "./world.ts";

/** As locks.ts says: without a sign of life for so long, the node frees them. */
const lockIdleMs = 20_000;
const guardWindowMs = 10_000;

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
  #lost = false;

  constructor(world: World, process: Process, machine: SimNode, onLost: () => void) {
    this.#world = world;
    this.#process = process;
    this.#machine = machine;
    this.node = machine.name;
    this.login = { address: `${machine.name}:22`, user: "root", method: "publickey", through: [] };
    this.#bootId = machine.bootId;
    this.onLost = onLost;
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
    this.#world.network.carry(this.#there, controller, this.node, () => {
      if (this.#machine.bootId === this.#bootId) message();
      else {
        this.#world.network.carry(this.#back, this.node, controller, () => {
          this.lose();
        });
      }
    });
  }

  #carryBack(message: () => void): void {
    this.#world.network.carry(this.#back, this.node, controller, message);
  }

  /** While somebody waits, the other side is asked every 5 s whether it is there; three silences end the connection. */
  #keepAlive(): () => void {
    const { timeline, network } = this.#world;
    let silences = 0;
    const ask = (): void => {
      const there = network.reaches(controller, this.node) && this.#machine.bootId === this.#bootId;
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

  run(command: Command, options: RunOptions = {}): Promise<Outcome> {
    const { guard, signal, timeoutMs = 60_000 } = options;
    const text = render(command);
    const changes = guard !== undefined;
    const sentAt = this.#world.timeline.now;
    const until = sentAt + Math.min(guardWindowMs, timeoutMs);
    if (changes) for (const ambush of this.#world.ambushes) ambush(this.node, text);
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
        const refusal = changes ? this.#refusal(until) : undefined;
        if (changes)
          this.#world.say(this.node, refusal === undefined ? `$ ${text}` : `refuses (${refusal.code}) ${text}`);
        if (refusal) {
          reply(() => {
            answer.reject(refusal);
          });
          return;
        }
        this.#machine.execute(command, ({ code, stdout, stderr }) => {
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
        });
      },
    });
  }

  /** What `templates/guard.sh` says. The boot is that of this connection: another one would not know it. */
  #refusal(until: number): PictlError | undefined {
    const { node } = this;
    if (safety.deadline && this.#world.timeline.now > until) {
      return new PictlError("command-late", "The command reached the node after its deadline, so it refused it.", {
        node,
      });
    }
    return undefined;
  }

  pipe(command: Command, options: { readonly signal?: AbortSignal } = {}): Promise<Duplex> {
    this.#world.locks(this.#process, lockNames(command));
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
      const alive = !this.#lost && this.#process.state === "running" && network.isOpen(controller, this.node);
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

  async dockerHost(): Promise<string> {
    return "unix:///var/run/docker.sock";
  }

  async privilege(): Promise<Privilege> {
    return { root: true, docker: true, sudo: true };
  }

  async clock(): Promise<ClockSample> {
    return { bootId: this.#bootId, uptimeMs: this.#machine.uptimeMs(), at: this.#process.monotonic() };
  }

  openSocket(): Promise<Duplex> {
    throw new RangeError("the simulation has no sockets");
  }

  terminal(): Promise<never> {
    throw new RangeError("the simulation has no terminals");
  }
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
