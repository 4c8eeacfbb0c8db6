import { PictlError } from "../errors.ts";
import { type Check, type CheckName, failed, ok, problem, skipped, warning } from "./check.ts";
import type { ShellStart } from "./examination.ts";
import { plural } from "../text.ts";
import { inSeconds } from "./words.ts";

/** A connection as `doctor` sees it. */
export interface Connected {
  /** Milliseconds until it was ready. */
  readonly durationMs: number;
  /** What the adapter knows of the way; undefined when it does not tell. */
  readonly login: LoginFacts | undefined;
}

interface LoginFacts {
  readonly address: string;
  readonly user: string;
  readonly method: string;
  readonly through: readonly string[];
}

/** Slower than this and every command is held up noticeably. */
const slowConnectMs = 3_000;
const slowShellMs = 500;

/** `address`, `ssh`, `host-key` and `login` of a connection that was made, or of the reason why there is none. */
export function connectionChecks(address: string, connection: Connected | PictlError): readonly Check[] {
  return connection instanceof PictlError
    ? withoutConnection(address, connection)
    : withConnection(address, connection);
}

function withConnection(address: string, { durationMs, login }: Connected): readonly Check[] {
  const through = login && login.through.length > 0 ? `, through ${login.through.join(", ")}` : "";
  const time = `answers in ${inSeconds(durationMs)}`;
  return [
    ok("address", `${login?.address ?? address}${through}`),
    durationMs <= slowConnectMs
      ? ok("ssh", time, { durationMs })
      : warning("ssh", time, "Look at the network, and at `UseDNS` and `GSSAPIAuthentication` in its sshd_config.", {
          durationMs,
        }),
    ok("host-key", "known"),
    ok("login", login ? `as ${login.user}, by ${login.method}` : "accepted"),
  ];
}

/** What a failed connection has got past is as good as looked at. */
function withoutConnection(address: string, error: PictlError): readonly Check[] {
  switch (error.code) {
    case "host-key-unknown":
    case "host-key-changed":
      return [ok("address", address), ok("ssh", "answers"), failed("host-key", error), skipped("login", "not tried")];
    case "auth-failed":
      return [ok("address", address), ok("ssh", "answers"), ok("host-key", "known"), failed("login", error)];
    default: {
      const rest = [skipped("host-key", "not seen"), skipped("login", "not tried")];
      return stageOf(error) === "resolve"
        ? [failed("address", error), skipped("ssh", "not tried"), ...rest]
        : [ok("address", address), failed("ssh", error), ...rest];
    }
  }
}

/** How far the attempt came, which the SSH adapter leaves in the cause. */
function stageOf({ cause }: PictlError): unknown {
  return typeof cause === "object" && cause !== null && "stage" in cause ? cause.stage : undefined;
}

/** `error`: the examination could not be run, which is mostly the login shell's doing. */
export function shellCheck(shell: ShellStart | null, error: PictlError | undefined): Check {
  if (error) return failed("shell", error);
  if (!shell) return ok("shell", "runs commands");
  const slow = shell.durationMs !== null && shell.durationMs > slowShellMs;
  const measured = shell.durationMs === null ? {} : { durationMs: shell.durationMs };
  if (shell.noise !== "") {
    return warning(
      "shell",
      `${shell.path} prints when nobody looks: ${firstLine(shell.noise)}`,
      "Let its start-up files print only when `[ -t 1 ]`; pictl copes with it, scp and rsync do not.",
      measured,
    );
  }
  if (slow) {
    return warning(
      "shell",
      `${shell.path} takes ${inSeconds(shell.durationMs)} to start`,
      "Every command waits for it: look at what its start-up files do when nobody is at the keyboard.",
      measured,
    );
  }
  return ok("shell", shell.path, measured);
}

/** One row for each check that needs a connection when there is none. */
export function unreachable(checks: readonly CheckName[]): readonly Check[] {
  return checks.map((check) => skipped(check, "no connection"));
}

function firstLine(text: string): string {
  const all = text.split("\n");
  const [first = ""] = all;
  const shown = first.length > 40 ? `${first.slice(0, 40)}…` : first;
  return all.length > 1 ? `"${shown}" and ${plural(all.length - 1, "line")} more` : `"${shown}"`;
}

/** The sudo that holding the virtual IP, or Docker, may need. */
export interface LoginRights {
  readonly root: boolean;
  readonly docker: boolean;
  readonly sudo: boolean;
}

export function sudoCheck(
  rights: LoginRights | PictlError,
  needs: { readonly vip: boolean; readonly user: string; readonly dockerAnswers: boolean },
): Check {
  if (rights instanceof PictlError) return failed("sudo", rights);
  if (rights.root) return ok("sudo", "not needed: the login is root");
  if (rights.sudo) return ok("sudo", "works");
  const rule = `echo '${needs.user} ALL=(ALL) NOPASSWD: ALL' > /etc/sudoers.d/pictl`;
  const remedy = `On the node, as root: \`apt-get install sudo\` where it is missing, then \`${rule}\`.`;
  if (needs.vip) return problem("sudo", "does not work, and the virtual IP needs it", remedy, "sudo-failed");
  if (needs.dockerAnswers)
    return ok("sudo", "not needed for Docker; without it a daemon repairs, but never leads, so it moves nothing");
  return warning("sudo", "does not work without a password", remedy);
}
