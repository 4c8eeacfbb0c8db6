/**
 * Everything that can go wrong, one code each. A code is stable: scripts match on it (`failures[].code` under
 * `--json`), `docs/errors.md` explains it, and it alone decides the exit code.
 */
export const errorCodes = {
  /** A flag or an argument is wrong. */
  usage: 2,
  /** No config file where pictl looks for one. */
  "config-not-found": 2,
  /** The config has problems; each is listed in `problems`. */
  "config-invalid": 2,
  /** The config could not be written (permission, disk full, not a regular file). */
  "config-write-failed": 1,
  /** The config is not any more what the change was meant for. */
  "config-changed": 4,
  /** The state folder (journal, locks) could not be written. */
  "state-write-failed": 1,
  /** A secret is not where the config says (`env:NAME`, `file:PATH`). */
  "secret-missing": 2,
  /** An `env_file` cannot be read, or has a line that is no variable. */
  "env-file-invalid": 2,
  "compose-invalid": 2,
  /** A node, container or image was named that the config does not have. */
  "unknown-node": 2,
  "unknown-container": 2,
  /** The container is in the layout, but the node has none of that name. */
  "container-missing": 1,
  /** This machine lacks something (a program, a right) that the command needs. */
  "missing-prerequisite": 2,
  /** No SSH connection: refused, timed out, no route, name does not resolve, closed while connecting. */
  "node-unreachable": 3,
  /** The node answered and refused every key, agent identity and password. */
  "auth-failed": 3,
  /** The host key is not in known_hosts. */
  "host-key-unknown": 4,
  /** The host key differs from known_hosts, or is revoked. */
  "host-key-changed": 4,
  /** The login shell did not run our command (nologin, forced command). */
  "shell-unusable": 1,
  /** The connection ended while a command ran: nobody knows whether it did its work. Or before Docker had answered. */
  "connection-lost": 3,
  /** A command did not end within its deadline: nobody knows whether it did its work. */
  timeout: 1,
  /** A node refused a command that reached it after its deadline, or after a restart; certainly nothing was done. */
  "command-late": 1,
  "node-rebooted": 1,
  /** A node refused a command of a daemon because another daemon leads the cluster; certainly nothing was done. */
  superseded: 4,
  /** A remote command ended with a non-zero exit code. */
  "command-failed": 1,
  /** sudo wants a password that nobody gave, or refused. */
  "sudo-failed": 1,
  /** docker is not installed, its daemon does not answer, or this user may not speak to it. */
  "docker-missing": 1,
  "docker-unavailable": 1,
  "docker-denied": 1,
  /** docker did what was asked, and said no. */
  "docker-failed": 1,
  /** A new container did not pass its check, so that it did not take the place of the old one. */
  "gate-failed": 1,
  /** A container was left as it is, since another one before it failed. */
  "rollout-stopped": 1,
  /** A hook that must succeed before anything goes on did not. */
  "hook-failed": 1,
  "notice-failed": 1,
  "elasticsearch-failed": 1,
  /** The login of Elasticsearch or Kibana may not do this. */
  "elasticsearch-forbidden": 1,
  /** A container of that name exists and was not made by pictl for this cluster. */
  "container-foreign": 1,
  /** A copy of the container runs on a node where the layout does not have it; a second one was not started. */
  "runs-elsewhere": 1,
  /** A node, or the config, is not what a plan was made for; nothing was done. */
  "plan-stale": 4,
  /** Wanted and actual state differ (`status`). */
  "not-as-wanted": 1,
  /** A port that a container publishes is taken on the node. */
  "port-taken": 1,
  /** No other node can take a container. */
  "no-candidate": 1,
  /** A move did not come about; everything is as it was before. */
  "move-failed": 1,
  "image-missing": 1,
  /** Files of an image that were damaged, or are none. */
  "image-invalid": 1,
  /** An image could not be brought from one node to another. */
  "delivery-failed": 1,
  /** The image is needed by a container, of the layout or of the node's Docker. */
  "image-in-use": 1,
  /** A registry does not answer, to a node or to this machine. */
  "registry-unreachable": 1,
  /** A registry wants a login, or refused it. */
  "registry-denied": 1,
  /** A registry answered with something else than was asked for. */
  "registry-failed": 1,
  /** The node has no room left. */
  "disk-full": 1,
  /** The node still has containers, placed there or running there. */
  "node-in-use": 1,
  /** An operator wants nothing new on the node. */
  "node-cordoned": 4,
  /** A check of `doctor` found a problem that has no code of its own. */
  "check-failed": 1,
  "build-context-invalid": 2,
  /** Confirmation missing, lock held. */
  "confirmation-missing": 4,
  "lock-held": 4,
  /** Over HTTP: nobody has logged in, or what was shown is not known (any more). */
  "not-logged-in": 4,
  /** Over HTTP: the role of who asks does not include it, or another site's page asks. */
  "not-permitted": 4,
  /** Over HTTP: too many logins, connections or streams. */
  "too-many-requests": 4,
  /** Over HTTP: a terminal that is attached to has ended, or was never there. */
  "terminal-gone": 4,
  /** Over HTTP: there is no such address, or it does not take a request like this one. */
  "no-such-route": 2,
  "request-invalid": 2,
  /** The lab could not be started or stopped. */
  "lab-failed": 1,
  interrupted: 130,
  /** A bug in pictl. */
  internal: 1,
} as const;

export type ErrorCode = keyof typeof errorCodes;

export interface ErrorDetails {
  readonly node?: string | undefined;
  readonly container?: string | undefined;
  /** What to do next, as a sentence; commands in it stand between backquotes. */
  readonly hint?: string | undefined;
  readonly cause?: unknown;
  /** Several problems found at once (a config's); they are reported instead of this error. */
  readonly related?: readonly Failure[] | undefined;
}

/**
 * The only error pictl throws on purpose. `message` is a sentence that says what failed and what was expected;
 * `hint` says what to do. The node and container are fields, not text, so that a summary can group by them.
 */
export class PictlError extends Error {
  override readonly name = "PictlError";
  readonly code: ErrorCode;
  readonly node: string | undefined;
  readonly container: string | undefined;
  readonly hint: string | undefined;
  readonly related: readonly Failure[];

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.node = details.node;
    this.container = details.container;
    this.hint = details.hint;
    this.related = details.related ?? [];
  }

  get exitCode(): number {
    return errorCodes[this.code];
  }

  /** The same error with the node or container filled in where it is not known yet. */
  at(place: { node?: string; container?: string }): PictlError {
    return new PictlError(this.code, this.message, {
      node: this.node ?? place.node,
      container: this.container ?? place.container,
      hint: this.hint,
      cause: this.cause,
      related: this.related,
    });
  }
}

/** One row of `failures` under `--json`. */
export interface Failure {
  readonly code: ErrorCode;
  readonly message: string;
  readonly node?: string;
  readonly container?: string;
  readonly hint?: string;
}

/** Turns anything thrown into a row of `failures`; what is not a PictlError is `internal`. */
export function toFailure(error: unknown, place: { node?: string; container?: string } = {}): Failure {
  const known =
    error instanceof PictlError
      ? error.at(place)
      : new PictlError("internal", error instanceof Error ? error.message : String(error), place);
  return {
    code: known.code,
    message: known.message,
    ...(known.node === undefined ? {} : { node: known.node }),
    ...(known.container === undefined ? {} : { container: known.container }),
    ...(known.hint === undefined ? {} : { hint: known.hint }),
  };
}

/** The failure with one more sentence in its hint. */
export function hintedFurther(failure: Failure, sentence: string): Failure {
  const { hint } = failure;
  if (hint === undefined) return { ...failure, hint: sentence };
  return { ...failure, hint: `${hint}${hint.includes("\n") ? "\n" : " "}${sentence}` };
}

/** The exit code for a set of failures: the gravest one's, 0 when there is none. */
export function exitCodeOf(failures: readonly Failure[]): number {
  return failures.reduce((worst, failure) => Math.max(worst, errorCodes[failure.code]), 0);
}
