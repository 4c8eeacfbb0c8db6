import { dockerRights } from "../../domain/docker/client/rights.ts";
import { PictlError } from "../../domain/errors.ts";
import { loggedIn, pullExit } from "../../domain/registry/pull-command.ts";
import { pullFailure } from "../../domain/registry/pull-failure.ts";
import { afterLine, pullBegun, pullProgress, type PullState } from "../../domain/registry/pull-output.ts";
import { type ImageReference, pullName } from "../../domain/registry/reference.ts";
import type { Secret } from "../../domain/secrets/secret.ts";
import type { Command } from "../../domain/shell.ts";
import { dockerError } from "../kit/docker.ts";
import { linesOf } from "../kit/streams/lines.ts";
import type { Connection } from "../ports.ts";
import { imageTimeoutMs } from "./time-limit.ts";

export interface PullImageInput {
  readonly connection: Connection;
  readonly image: ImageReference;
  readonly command: Command;
  /** Of the login that is part of the command. */
  readonly username: string | undefined;
  /** For the command's stdin. */
  readonly password: Secret | undefined;
  /** `3 of 7 layers` */
  readonly onProgress: (text: string) => void;
  readonly signal: AbortSignal;
}

/**
 * Pulls on one node, logging in where the command does. Throws image-missing, registry-denied, registry-unreachable,
 * registry-failed, disk-full, docker-failed, and what `runDocker` throws when docker cannot be used.
 */
export async function pullImage(input: PullImageInput): Promise<PullState> {
  const { connection, image, username, password } = input;
  const { node } = connection;
  const { sudo, privileged } = dockerRights(await connection.privilege());
  let state = pullBegun;
  const outcome = await connection.run(input.command, {
    sudo,
    guard: {},
    timeoutMs: imageTimeoutMs,
    maxOutputBytes: 64 * 1024,
    signal: input.signal,
    ...(password === undefined ? {} : { stdin: password }),
    onStdout: linesOf((line) => {
      const next = afterLine(state, line);
      if (next !== state) input.onProgress(pullProgress(next));
      state = next;
    }),
  });
  if (outcome.status === "ok") return state;
  // Before it stands how docker stored the login, which is not why it failed.
  const stderr = outcome.stderr.split(`${loggedIn}\n`).at(-1) ?? "";
  const atLogin = outcome.code === pullExit.login && username !== undefined;
  const doing = atLogin ? `log in to ${image.registry}` : `pull ${pullName(image)}`;
  const general = dockerError({ ...outcome, stderr }, { doing, node, privileged });
  if (outcome.status === "unknown" || general.code !== "docker-failed") throw general;
  if (outcome.code === pullExit.noFolder && username !== undefined) throw noFolder(node, stderr);
  throw pullFailure(stderr, { image, node, username }) ?? general;
}

function noFolder(node: string, said: string): PictlError {
  return new PictlError(
    "disk-full",
    `There is no place for the login: no folder could be made in /dev/shm or /tmp (${said.trim()}).`,
    { node, hint: `Make room on ${node}, or log in there yourself and pull without \`--username\`.` },
  );
}
