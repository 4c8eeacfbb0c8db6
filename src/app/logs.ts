import type { Placement } from "../domain/config/types.ts";
import { ours } from "../domain/container/ownership.ts";
import { type Failure, PictlError, toFailure } from "../domain/errors.ts";
import { LogCursor } from "../domain/logs/cursor.ts";
import { isAlive, mayPass } from "../domain/logs/follow.ts";
import { fanOut } from "./fan-out.ts";
import { type LogRow, type LogRows, type LogSource, type LogWish, readComing, readPast } from "./log-readings.ts";
import { NodeWatch } from "./node-watch.ts";
import { observer } from "./observe.ts";
import type { Ports } from "./ports.ts";
import type { Report } from "./report.ts";

export type { LogRow };

export type LogsPorts = Pick<Ports, "engines" | "clock" | "signal" | "concurrency">;

export interface LogsInput extends LogWish {
  readonly placements: readonly Placement[];
  readonly output: LogOutput;
}

export interface LogOutput extends LogRows {
  /** A followed log is over. */
  ended(place: { readonly container: string; readonly node: string }): void;
  /** A log cannot be followed, from the beginning or any more; the failure is also in the report. */
  failed(failure: Failure): void;
  /** A node does not answer any more, and its followed logs go on when it does. Each is told once a loss. */
  lost(node: string, why: Failure): void;
  back(node: string): void;
}

/**
 * Reads the logs of containers from all their nodes, in the order of time and in constant memory. A container that is
 * missing or not ours, and a node that fails, is a failure; the others go on. Followed until every log has ended or
 * the signal is aborted, which is an exit code of 130 and no failure; a node that is lost meanwhile is waited for, and
 * a failure if it has not come back.
 */
export async function readLogs(ports: LogsPorts, input: LogsInput): Promise<Report<object>> {
  const { follow, output } = input;
  const observe = observer(ports, input.config);
  const whole = input.tail === undefined && input.sinceMs === undefined;
  const { results: found, failures: missing } = await fanOut(ports, input.placements, {
    place: ({ container, node }) => ({ container, node }),
    work: async (placement): Promise<LogSource> => {
      const { container, node } = placement;
      const facts = ours(await observe.containers(node), container, input.config.cluster);
      if (!facts) throw containerMissing(container);
      return { container, node, alive: isAlive(facts), id: facts.id, cursor: new LogCursor({ whole }), begun: false };
    },
  });
  const failures: Failure[] = [...missing];
  const fail = (source: LogSource, error: unknown): Failure => {
    const failure = toFailure(error, { container: source.container, node: source.node });
    failures.push(failure);
    return failure;
  };
  // Who follows logs may do so for hours, and must know by then what is not among them.
  if (follow && !ports.signal.aborted) for (const failure of missing) output.failed(failure);

  const alive = new Set(found);
  await readPast(ports, found, input, (source, error) => {
    if (error === undefined) source.begun = true;
    else if (!ports.signal.aborted && !(follow && mayPass(error))) {
      alive.delete(source);
      const failure = fail(source, error);
      if (follow) output.failed(failure);
    }
  });
  if (follow && !ports.signal.aborted) {
    const watch = new NodeWatch(ports, {
      config: input.config,
      random: input.random,
      onLost: (node, why) => {
        output.lost(node, why);
      },
      onBack: (node) => {
        output.back(node);
      },
    });
    await readComing(ports, [...alive], { ...input, watch }, (source, error) => {
      if (ports.signal.aborted) return;
      if (error === undefined) output.ended({ container: source.container, node: source.node });
      else output.failed(fail(source, error));
    });
    failures.push(...watch.failures);
  }
  await output.idle();
  if (!ports.signal.aborted) return { result: {}, failures };
  const cut = toFailure(new PictlError("interrupted", "Interrupted before the logs were read to their end."));
  return { result: {}, failures: follow ? failures : [...failures, cut], exitCode: 130 };
}

function containerMissing(container: string): PictlError {
  return new PictlError("container-missing", `There is no container "${container}" on the node.`, {
    hint: `Make it with \`pictl create ${container}\`.`,
  });
}
