import { buildKept, contextGone } from "../../domain/build/kept-context.ts";
import { buildAdvice } from "../../domain/build/advice.ts";
import { buildFailureLines } from "../../domain/build/failure-lines.ts";
import { parseBuildStep } from "../../domain/build/steps.ts";
import { buildOnNode } from "../../domain/docker/client/build-command.ts";
import { dockerAccessError } from "../../domain/docker/client/failure.ts";
import { dockerRights } from "../../domain/docker/client/rights.ts";
import { PictlError } from "../../domain/errors.ts";
import type { Command } from "../../domain/shell.ts";
import { firstOf } from "../../abort.ts";
import { dockerError } from "../kit/docker.ts";
import { linesOf } from "../kit/streams/lines.ts";
import { watched } from "../kit/streams/watched.ts";
import type { BuildContext, Connection, Outcome, SentContext, StateFile } from "../ports.ts";
import { imageTimeoutMs } from "./time-limit.ts";

export interface BuildImageInput {
  readonly connection: Connection;
  readonly image: string;
  readonly command: Command & { readonly kind: "words" };
  /** Sent on stdin as a tar; undefined when the command names a folder of the node's own. */
  readonly context: BuildContext | undefined;
  /** Which one it is, and what the node has of it; undefined: it is sent as a whole, and not kept there. */
  readonly kept?: { readonly key: string; readonly sent: StateFile<SentContext> } | undefined;
  /** Where on the node, for the error. */
  readonly folder: string;
  /** Called with docker's present step, for people. */
  readonly onStep: (text: string) => void;
  readonly signal: AbortSignal;
}

/**
 * Runs `docker build` on a node. Throws docker-failed with the end of docker's output, build-context-invalid when
 * the folder changes on its way, and what `runDocker` throws when docker cannot be used.
 */
export async function buildImage(input: BuildImageInput): Promise<void> {
  const { connection, image } = input;
  const { sudo, privileged } = dockerRights(await connection.privilege());
  const ready = { ...input, command: buildOnNode(input.command, image) };
  const { outcome, begun } = await (input.kept ? runKept(ready, input.kept, sudo) : run(ready, sudo));
  if (outcome.status === "ok") return;
  const place = { doing: `build ${image}`, node: connection.node, privileged };
  if (outcome.status === "unknown") throw dockerError(outcome, place);
  // Once a step was begun, such words are those of a program in the Dockerfile.
  const noAccess = begun ? undefined : dockerAccessError(outcome.stderr, place);
  throw noAccess ?? missingFolder(input, outcome) ?? buildFailed(input, outcome);
}

/** The same, with the command as it is sent. */
type Ready = Omit<BuildImageInput, "command"> & { readonly command: Command };

interface Ran {
  readonly outcome: Outcome;
  readonly begun: boolean;
}

/** Sends what the node lacks, and all of it where that turns out to be less than was thought. */
async function runKept(input: Ready, { key, sent }: NonNullable<BuildImageInput["kept"]>, sudo: boolean): Promise<Ran> {
  // What cannot be read, or written below, costs no more than the line's time.
  let before = await sent.read().catch(() => undefined);
  for (;;) {
    const difference = await input.context?.difference(before);
    if (!difference) return run(input, sudo);
    const { id, bytes } = difference.sent;
    const command = buildKept(input.command, { ...difference, key, id, bytes });
    const ran = await run({ ...input, command }, sudo, difference.chunks);
    if (ran.outcome.code === contextGone && before !== undefined) {
      before = undefined;
      continue;
    }
    if (ran.outcome.status !== "unknown") await sent.write(difference.sent).catch(() => undefined);
    return ran;
  }
}

async function run(
  input: Ready,
  sudo: boolean,
  chunks = input.context && ((signal?: AbortSignal) => input.context?.tar(signal) ?? []),
): Promise<Ran> {
  let begun = false;
  const show = (line: string): void => {
    const step = parseBuildStep(line);
    if (!step) return;
    begun = true;
    input.onStep(`${String(step.step)}/${String(step.of)} ${step.text}`);
  };
  const source = chunks && watched(chunks(input.signal) as AsyncIterable<Uint8Array>);
  // A tar that breaks off must end docker: it would build from the half, or wait for the rest.
  const { signal, dispose } = firstOf([input.signal, source?.broken]);
  try {
    const outcome = await input.connection.run(input.command, {
      sudo,
      guard: {},
      signal,
      timeoutMs: imageTimeoutMs,
      maxOutputBytes: 64 * 1024,
      onStdout: linesOf(show),
      onStderr: linesOf(show),
      ...(source ? { stdin: source.chunks } : {}),
    });
    source?.broken.throwIfAborted();
    return { outcome, begun };
  } catch (error) {
    source?.broken.throwIfAborted();
    throw error;
  } finally {
    dispose();
  }
}

function missingFolder({ context, folder }: BuildImageInput, outcome: Outcome): PictlError | undefined {
  if (context !== undefined || !/unable to prepare context: path .* not found/.test(outcome.stderr)) return undefined;
  return new PictlError("build-context-invalid", `There is no build folder ${folder}, neither here nor on the node.`, {
    hint: "Make it, with a Dockerfile in it, or give the container an `image` in the layout.",
  });
}

function buildFailed(
  { image, folder, connection }: BuildImageInput,
  outcome: Outcome & { status: "failed" },
): PictlError {
  const said = buildFailureLines(outcome.stdout, outcome.stderr);
  const text =
    said.length === 0 ? `docker build ended with exit code ${String(outcome.code)} and said nothing.` : said.join("\n");
  return new PictlError("docker-failed", `The image ${image} could not be built.\n${text}`, {
    hint: buildAdvice(said, { node: connection.node, folder }),
  });
}
