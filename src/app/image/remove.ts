import type { Config, NodeSpec } from "../../domain/config/types.ts";
import * as docker from "../../domain/docker/client/commands.ts";
import { type Failure, PictlError, toFailure } from "../../domain/errors.ts";
import { planRemovals, type Removal } from "../../domain/images/remove.ts";
import { render } from "../../domain/shell.ts";
import { runDocker } from "../kit/docker.ts";
import { fanOut } from "../kit/fan-out.ts";
import { lookAtImages } from "../images.ts";
import type { Ports } from "../ports.ts";
import { record } from "../kit/record.ts";
import type { Report } from "../kit/report.ts";

export interface RemoveImagesInput {
  readonly config: Config;
  readonly nodes: readonly NodeSpec[];
  readonly references: readonly string[];
  /** Also what the layout or a stopped container needs. */
  readonly force: boolean;
  readonly dryRun: boolean;
  /** Asked once, when it is known what would go from where; false leaves everything. */
  readonly confirm: (removals: readonly PlannedRemoval[]) => Promise<boolean>;
}

export interface PlannedRemoval {
  readonly node: string;
  /** A tag, or the id of an image that has none. */
  readonly target: string;
}

export interface RemovedImageRow {
  readonly node: string;
  readonly image: string;
  readonly id: string | null;
  readonly changed: boolean;
  readonly outcome: string;
}

/** Removes images from nodes, all nodes at once. What is in use is refused, and hinders nothing else. */
export async function removeImages(
  ports: Ports,
  input: RemoveImagesInput,
): Promise<Report<{ images: readonly RemovedImageRow[] }>> {
  const { references, force, dryRun } = input;
  const looks = await lookAtImages(ports, input);
  const plans = looks.results.map(({ node, state }) => ({ node, plan: planRemovals(references, state, force) }));
  const refusals = plans.flatMap(({ node, plan }) =>
    plan.refusals.map((error) => toFailure(error, { node: node.name })),
  );
  const planned = plans.flatMap(({ node, plan }) =>
    plan.removals.flatMap(({ targets }) => targets.map((target) => ({ node: node.name, target }))),
  );
  // What no node has is a misspelling; what some have is gone from the others already.
  const missing =
    looks.failures.length > 0
      ? []
      : references.filter((reference) => plans.every(({ plan }) => plan.absent.includes(reference)));
  const failures = [...looks.failures, ...refusals, ...missing.map(nowhere)];
  const absent = plans.flatMap(({ node, plan }) =>
    plan.absent.filter((reference) => !missing.includes(reference)).map((reference) => notThere(node.name, reference)),
  );
  if (planned.length > 0 && !dryRun && !(await input.confirm(planned))) {
    return { result: { images: [] }, failures, exitCode: 4 };
  }
  const done = await fanOut(ports, plans, {
    place: ({ node }) => ({ node: node.name }),
    work: ({ node, plan }) => removeFrom(ports, node, { removals: plan.removals, force, dryRun }),
  });
  return {
    result: { images: [...done.results.flatMap(({ rows }) => rows), ...absent] },
    failures: [...failures, ...done.failures, ...done.results.flatMap((each) => each.failures)],
  };
}

function nowhere(reference: string): Failure {
  return toFailure(
    new PictlError("image-missing", `None of the nodes has an image ${reference}.`, {
      hint: "`pictl images` lists the images of every node.",
    }),
  );
}

function notThere(node: string, image: string): RemovedImageRow {
  return { node, image, id: null, changed: false, outcome: "is not there" };
}

async function removeFrom(
  ports: Ports,
  node: NodeSpec,
  { removals, force, dryRun }: { removals: readonly Removal[]; force: boolean; dryRun: boolean },
): Promise<{ rows: readonly RemovedImageRow[]; failures: readonly Failure[] }> {
  const rows: RemovedImageRow[] = [];
  const failures: Failure[] = [];
  for (const { image, targets } of removals) {
    const left = new Set(image.tags);
    for (const target of targets) {
      const command = docker.removeImage(target, force);
      const row = { node: node.name, image: target, id: image.id };
      if (dryRun) {
        rows.push({ ...row, changed: false, outcome: `would run: ${render(command)}` });
        continue;
      }
      const step = ports.progress.step(`${target}@${node.name}`, "remove");
      try {
        const connection = await ports.nodes.connect(node, ports.signal);
        await runDocker(connection, command, { doing: `remove ${target}`, timeoutMs: 300_000, signal: ports.signal });
        left.delete(target);
        await record(ports, {
          type: "image.removed",
          node: node.name,
          before: { id: image.id, tags: image.tags },
          after: { removed: target, tags: [...left] },
        });
        step.done();
        rows.push({ ...row, changed: true, outcome: left.size > 0 && image.tags.length > 0 ? "untagged" : "removed" });
      } catch (error) {
        const failure = toFailure(error, { node: node.name });
        step.fail();
        failures.push(failure);
      }
    }
  }
  return { rows, failures };
}
