import type { NodeSpec } from "../domain/config/types.ts";
import { imageNamed } from "../domain/container/drift/drift.ts";
import { toFailure } from "../domain/errors.ts";
import { inspectImage, pull, pullWithLogin, tag } from "../domain/registry/pull-command.ts";
import { type ImageReference, pullName } from "../domain/registry/reference.ts";
import { type Command, render } from "../domain/shell.ts";
import { runDocker } from "./kit/docker.ts";
import { fanOut } from "./kit/fan-out.ts";
import type { Connection, Ports, RegistryLogin, ProgressStep } from "./ports.ts";
import { pullImage } from "./image/pull-image.ts";
import { record } from "./kit/record.ts";
import type { Report } from "./kit/report.ts";

export interface PullInput {
  readonly nodes: readonly NodeSpec[];
  readonly image: ImageReference;
  /** Also tagged with this name on the nodes. */
  readonly as: ImageReference | undefined;
  /** `keep`: the nodes stay logged in. */
  readonly login: { readonly username: string; readonly keep: boolean } | undefined;
  /** Asked for once, and not under --dry-run. */
  readonly password: () => Promise<RegistryLogin["password"]>;
  readonly dryRun: boolean;
}

export interface PullRow {
  readonly node: string;
  /** What was pulled, tag and digest included. */
  readonly image: string;
  /** null when it was pulled by digest alone. */
  readonly tag: string | null;
  /** The name it got on the node besides, by `--as`. */
  readonly as: string | null;
  /** The image's id; null under --dry-run, as is what follows. */
  readonly id: string | null;
  readonly digest: string | null;
  readonly sizeBytes: number | null;
  readonly changed: boolean;
  /** `pulled`, `up to date` …; under --dry-run what would be run. */
  readonly outcome: string;
  readonly durationMs: number;
}

/** Pulls an image on all nodes at once; each that changed is an event. */
export async function pullImages(ports: Ports, input: PullInput): Promise<Report<{ images: readonly PullRow[] }>> {
  if (input.dryRun) return { result: { images: input.nodes.map((node) => planned(node, input)) }, failures: [] };
  const password = input.login && (await input.password());
  const { results, failures } = await fanOut(ports, input.nodes, {
    place: (node) => ({ node: node.name }),
    work: (node) => pullOn(ports, node, { ...input, secret: password }),
  });
  return { result: { images: results }, failures };
}

type WithSecret = PullInput & { readonly secret: RegistryLogin["password"] | undefined };

async function pullOn(ports: Ports, node: NodeSpec, input: WithSecret): Promise<PullRow> {
  const name = pullName(input.image);
  const step = ports.progress.step(node.name, `pull ${name}`);
  const startedAt = ports.clock.monotonic();
  const elapsed = (): number => Math.round(ports.clock.monotonic() - startedAt);
  const event = { node: node.name, after: { image: name, as: input.as ? pullName(input.as) : null } };
  try {
    const connection = await ports.nodes.connect(node, ports.signal);
    const done = await pullAndTag(ports, { node, connection, step, input });
    step.done(done.outcome);
    const { id, digest } = done;
    if (done.changed) {
      await record(ports, {
        ...event,
        type: "image.pulled",
        after: { ...event.after, id, digest },
        durationMs: elapsed(),
      });
    }
    return { ...rowOf(node, input), ...done, durationMs: elapsed() };
  } catch (error) {
    const { message } = toFailure(error);
    step.fail();
    if (!ports.signal.aborted) {
      await record(ports, { ...event, type: "image.pull-failed", durationMs: elapsed(), error: message });
    }
    throw error;
  }
}

interface Place {
  readonly node: NodeSpec;
  readonly connection: Connection;
  readonly step: ProgressStep;
  readonly input: WithSecret;
}

async function pullAndTag(
  ports: Ports,
  place: Place,
): Promise<Pick<PullRow, "id" | "digest" | "sizeBytes" | "changed" | "outcome">> {
  const { connection, input } = place;
  const name = pullName(input.image);
  const { digest, upToDate } = await pullImage({
    connection,
    image: input.image,
    command: commandOf(input),
    username: input.login?.username,
    password: input.secret,
    onProgress: (text) => {
      place.step.update(text);
    },
    signal: ports.signal,
  });
  const said = await runDocker(connection, inspectImage(name), {
    doing: `look at ${name}`,
    reads: true,
    signal: ports.signal,
  });
  const [id = "", size = ""] = said.stdout.trim().split(" ");
  const tagged = input.as === undefined ? undefined : await tagAs(ports, place, { id, name: pullName(input.as) });
  return {
    id,
    digest: digest ?? null,
    sizeBytes: Number(size) || null,
    changed: !upToDate || tagged === true,
    outcome: `${upToDate ? "up to date" : "pulled"}${tagged === true && input.as ? `, tagged as ${pullName(input.as)}` : ""}`,
  };
}

/** Whether the name was given to another image before, or to none. */
async function tagAs(ports: Ports, place: Place, image: { id: string; name: string }): Promise<boolean> {
  const engine = await ports.engines.on(place.node, ports.signal);
  if (imageNamed(await engine.images(), image.name)?.id === image.id) return false;
  await runDocker(place.connection, tag(image.id, image.name), { doing: `tag ${image.name}`, signal: ports.signal });
  return true;
}

function commandOf({ image, login }: PullInput): Command {
  return login ? pullWithLogin(image, login) : pull(image);
}

function rowOf(node: NodeSpec, { image, as }: PullInput): Pick<PullRow, "node" | "image" | "tag" | "as"> {
  const tagName = image.tag ?? (image.digest === undefined ? "latest" : null);
  return { node: node.name, image: pullName(image), tag: tagName, as: as ? pullName(as) : null };
}

function planned(node: NodeSpec, input: PullInput): PullRow {
  const { image, login, as } = input;
  const commands = [pull(image), ...(as ? [tag(pullName(image), pullName(as))] : [])].map(render);
  const first = login
    ? `log in to ${image.registry} as ${login.username}${login.keep ? "" : " for this pull only"}, `
    : "";
  const outcome = `would ${first}run: ${commands.join("; ")}`;
  return { ...rowOf(node, input), id: null, digest: null, sizeBytes: null, changed: false, outcome, durationMs: 0 };
}
