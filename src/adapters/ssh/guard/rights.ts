import { abortable } from "../../../abort.ts";
import type { Outcome, Privilege, RunOptions } from "../../../app/ports.ts";
import { wantsTerminal } from "../../../domain/docker/client/failure.ts";
import { defaultDockerHost, tellDockerHost, tellRootless } from "../../../domain/docker/engine/endpoint.ts";
import { PictlError } from "../../../domain/errors.ts";
import type { Secret } from "../../../domain/secrets/secret.ts";
import { type Command, findMe, script } from "../../../domain/shell.ts";
import { visible } from "../../../domain/text.ts";
import { type ClockSample, tellClock } from "../../../domain/guard/clock.ts";
import type { SudoMode } from "../run/launch.ts";
import { NodeClock } from "./node-clock.ts";
import { runCommand } from "../run/run.ts";
import type { Session } from "../connect/session.ts";

/** The password of this connection's user; asked once for all nodes, and again when it was wrong. */
export interface SudoPassword {
  ask(): Promise<Secret | undefined>;
  wasWrong(): void;
}

interface Root {
  readonly mode: SudoMode;
  readonly password: Secret | undefined;
}

/** A login that has no way to Docker may be given one. */
const lookAgainMs = 60_000;

/** What the login may do, found out once, and again when it turned out to be otherwise. */
export class Rights {
  readonly #session: Session;
  readonly #allowed: boolean;
  readonly #always: boolean;
  readonly #ask: SudoPassword | undefined;
  readonly #clock: NodeClock;
  #facts: Promise<Facts> | undefined;
  #root: Promise<Root> | undefined;
  #dockerHost: Promise<string> | undefined;

  /** `setting`: `ssh.sudo` of the config; false forbids sudo, true uses it also where the login could do without. */
  constructor(session: Session, setting: boolean | undefined, ask: SudoPassword | undefined) {
    this.#session = session;
    this.#allowed = setting !== false;
    this.#always = setting === true;
    this.#ask = ask;
    this.#clock = new NodeClock(session);
  }

  /** Asks for a password only when nothing else leads to Docker. */
  async privilege(): Promise<Privilege> {
    const facts = await this.#lookedUp();
    const { root, hasSudo } = facts;
    const { sudoSaid, rootless } = facts;
    const said = { ...(sudoSaid === undefined ? {} : { sudoSaid }), ...(rootless === undefined ? {} : { rootless }) };
    const docker = root || (facts.docker && !this.#always);
    const free = facts.freeSudo && this.#allowed;
    const hopeless = !this.#allowed || !hasSudo || !this.#ask || facts.sudoSaid !== undefined;
    if (docker || free || hopeless) return { root, docker, sudo: root || free, ...said };
    const password = await this.#ask.ask();
    return { root, docker, sudo: password !== undefined };
  }

  /** The node's clock, as it was found no more than `maxAgeMs` ago. Rejects with connection-lost. */
  async clock(maxAgeMs: number): Promise<ClockSample> {
    // It comes with the answer to a question that nearly every command asks anyway.
    await this.#lookedUp();
    return this.#clock.sample(maxAgeMs);
  }

  /** The node's clock is not what we thought. */
  forgetClock(): void {
    this.#clock.forget();
  }

  /** The engine that this login's docker client speaks to, as a `DOCKER_HOST`. Rejects with connection-lost. */
  dockerHost(): Promise<string> {
    return this.#dockerHost ?? this.#keepDockerHost(askDockerHost(this.#session));
  }

  /** `runCommand` of a script, which asks for `dockerHost` on its way where nobody has yet: one session for both. */
  runAsking(command: Command & { readonly kind: "script" }, options: RunOptions): Promise<Outcome> {
    if (this.#dockerHost) return runCommand(this.#session, command, options);
    const { line, take } = firstLine();
    const asking = { ...command, text: `{ ${tellDockerHost}\n} 3>&2 2>/dev/null >&3\n${command.text}` };
    const running = runCommand(this.#session, asking, {
      ...options,
      onStderr: (chunk) => {
        take(chunk);
        return options.onStderr?.(chunk);
      },
    });
    const ended = running.then(
      () => undefined,
      () => undefined,
    );
    const told = Promise.race([line, ended]).then((said) =>
      said === undefined ? askDockerHost(this.#session) : said || defaultDockerHost,
    );
    void this.#keepDockerHost(told).catch(() => undefined);
    return running;
  }

  #keepDockerHost(asking: Promise<string>): Promise<string> {
    this.#dockerHost = asking;
    asking.catch(() => (this.#dockerHost = undefined));
    return asking;
  }

  async hasFlock(): Promise<boolean> {
    return (await this.#lookedUp()).hasFlock;
  }

  async sudo(signal: AbortSignal): Promise<Root> {
    return abortable((this.#root ??= this.#becomeRoot()), signal);
  }

  async #becomeRoot(): Promise<Root> {
    const { node } = this.#session;
    const { root, freeSudo, hasSudo, sudoSaid } = await this.#lookedUp();
    if (root) return { mode: "none", password: undefined };
    if (!this.#allowed) {
      throw new PictlError("sudo-failed", `${node} needs root for this, and the config forbids sudo there.`, {
        node,
        hint: "Remove `sudo: false` from the node's `ssh` settings, or log in as root.",
      });
    }
    if (freeSudo) return { mode: "free", password: undefined };
    if (sudoSaid !== undefined) {
      throw new PictlError(
        "sudo-failed",
        `sudo on ${node} does not work for this login; it says: ${visible(sudoSaid)}`,
        {
          node,
          hint: wantsTerminal(sudoSaid)
            ? "Commands of pictl have no terminal: remove `requiretty` from sudoers there, log in as root, or add the user to the docker group."
            : "Mend sudoers there (`sudo -l` shows what is allowed), log in as root, or add the user to the docker group.",
        },
      );
    }
    const password = hasSudo ? await this.#ask?.ask() : undefined;
    if (password) return { mode: "password", password };
    throw new PictlError(
      "sudo-failed",
      hasSudo
        ? `sudo on ${node} wants a password, and nobody gave one.`
        : `${node} has no sudo, and the login is not root.`,
      {
        node,
        hint: hasSudo
          ? "Run the command on a terminal to be asked for it, or add a NOPASSWD rule to sudoers."
          : "Install sudo, log in as root, or add the user to the docker group.",
      },
    );
  }

  /** sudo has refused. */
  forget(): void {
    this.#facts = undefined;
    this.#root = undefined;
    this.#ask?.wasWrong();
  }

  #lookedUp(): Promise<Facts> {
    if (this.#facts) return this.#facts;
    const looking = lookUp(this.#session, this.#clock);
    this.#facts = looking;
    const forget = (): void => {
      if (this.#facts !== looking) return;
      this.#facts = undefined;
      this.#root = undefined;
    };
    looking.then(({ root, docker, freeSudo }) => {
      if (!root && !docker && !freeSudo) setTimeout(forget, lookAgainMs).unref();
    }, forget);
    return looking;
  }
}

interface Facts {
  readonly root: boolean;
  readonly docker: boolean;
  readonly hasSudo: boolean;
  readonly freeSudo: boolean;
  readonly hasFlock: boolean;
  readonly sudoSaid: string | undefined;
  readonly rootless: string | undefined;
}

const probe = script(`
${findMe}
[ "$me" = 0 ] && echo root
s=$(${tellDockerHost}); s=\${s#unix://}
[ -r "$s" ] && [ -w "$s" ] && echo docker
printf 'rootless %s\\n' "$(${tellRootless})"
command -v flock >/dev/null 2>&1 && echo flock
if command -v sudo >/dev/null 2>&1; then
  echo sudo
  # A password can be asked for; what else stands in the way is told in sudo's own words, in a language we know.
  if said=$(LC_ALL=C sudo -n -- sh -c : </dev/null 2>&1 >/dev/null); then echo free
  else case $said in *"password is required"*) ;; ?*) printf 'sudo-said %s\\n' "$(printf %s "$said" | head -n 1)" ;; esac; fi
fi
${tellClock}
exit 0`);

async function askDockerHost(session: Session): Promise<string> {
  // `ahead`: it waits for no others, and every question to Docker waits for it.
  const outcome = await runCommand(session, script(tellDockerHost), { ahead: true, timeoutMs: 15_000 });
  if (outcome.status !== "ok") {
    throw new PictlError("connection-lost", `Which Docker the login on ${session.node} uses could not be found out.`, {
      node: session.node,
    });
  }
  return outcome.stdout.trim() || defaultDockerHost;
}

/** The first line of what is taken. */
function firstLine(): { readonly line: Promise<string>; readonly take: (chunk: Uint8Array) => void } {
  let said = "";
  let tell: (line: string) => void = () => undefined;
  const line = new Promise<string>((resolve) => {
    tell = resolve;
  });
  return {
    line,
    take: (chunk) => {
      if (said.includes("\n")) return;
      said += Buffer.from(chunk).toString("utf8");
      const end = said.indexOf("\n");
      if (end >= 0) tell(said.slice(0, end));
    },
  };
}

/** `sudo` may have to ask a slow directory for the user's rights. */
const probeTimeoutMs = 20_000;

async function lookUp(session: Session, clock: NodeClock): Promise<Facts> {
  const outcome = await runCommand(session, probe, { timeoutMs: probeTimeoutMs });
  if (outcome.status !== "ok") {
    throw new PictlError("connection-lost", `What this login may do on ${session.node} could not be found out.`, {
      node: session.node,
    });
  }
  clock.take(outcome.stdout);
  const lines = outcome.stdout.split("\n");
  const words = new Set(lines);
  const valueOf = (name: string): string | undefined =>
    lines.find((line) => line.startsWith(`${name} `))?.slice(name.length + 1) || undefined;
  return {
    root: words.has("root"),
    docker: words.has("docker"),
    hasSudo: words.has("sudo"),
    freeSudo: words.has("free"),
    hasFlock: words.has("flock"),
    sudoSaid: valueOf("sudo-said"),
    rootless: valueOf("rootless"),
  };
}
