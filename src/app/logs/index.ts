import type { Config, Placement } from "../../domain/config/types.ts";
import { type Failure, PictlError, toFailure } from "../../domain/errors.ts";
import { mayPass } from "../../domain/logs/follow.ts";
import {
  type ComingWish,
  type LogRow,
  type LogRows,
  type LogSource,
  type LogWish,
  readComing,
  readPast,
} from "./readings.ts";
import { findSources, findSourcesSoon, LogPlaces } from "./sources.ts";
import { NodeWatch } from "./node-watch.ts";
import type { Ports } from "../ports.ts";
import type { Report } from "../kit/report.ts";

export type { LogRow };

export type LogsPorts = Pick<Ports, "engines" | "clock" | "signal" | "concurrency" | "latestConfig" | "journal">;

export interface LogsInput extends LogWish {
  /** The placements that are meant, also by a later config. Throws unknown-container and unknown-node. */
  readonly select: (config: Config) => readonly Placement[];
  readonly output: LogOutput;
}

export interface LogOutput extends LogRows {
  /** A followed log is over; by the layout the container is by now on `elsewhere`, where it is not followed. */
  ended(place: { readonly container: string; readonly node: string }, elsewhere: readonly string[]): void;
  /** A followed log goes on where its container has been moved to. */
  moved(container: string, from: string, to: string): void;
  /** A log cannot be followed, from the beginning or any more; the failure is also in the report. */
  failed(failure: Failure): void;
  /** A node does not answer, and its logs are followed when it does. Each is told once a loss. */
  lost(node: string, why: Failure): void;
  back(node: string): void;
}

/**
 * Reads the logs of containers from all their nodes, in the order of time and in constant memory. A container that is
 * missing or not ours, and a node that fails, is a failure; the others go on. Followed until every log has ended or
 * the signal is aborted, which is an exit code of 130 and no failure; a container that is moved is followed to its new
 * node, and a node that is silent is waited for, and a failure if it has not answered.
 */
export async function readLogs(ports: LogsPorts, input: LogsInput): Promise<Report<object>> {
  const { config, follow, output } = input;
  const watch = new NodeWatch(ports, {
    config,
    random: input.random,
    onLost: (node, why) => {
      output.lost(node, why);
    },
    onBack: (node) => {
      output.back(node);
    },
  });
  const whole = input.tail === undefined && input.sinceMs === undefined;
  const sought = { config, placements: input.select(config), whole, watch };
  const found = await (follow ? findSourcesSoon : findSources)(ports, sought);
  const failures: Failure[] = [...found.failures];
  const fail = (source: LogSource, error: unknown): Failure => {
    const failure = toFailure(error, { container: source.container, node: source.node });
    failures.push(failure);
    return failure;
  };
  // Who follows logs may do so for hours, and must know by then what is not among them.
  if (follow && !ports.signal.aborted) for (const failure of found.failures) output.failed(failure);

  const alive = new Set(found.results);
  const seen = found.results.filter(({ id }) => id !== undefined);
  await readPast(ports, seen, input, (source, error) => {
    if (error === undefined) source.begun = true;
    else if (!ports.signal.aborted && !(follow && mayPass(error))) {
      alive.delete(source);
      const failure = fail(source, error);
      if (follow) output.failed(failure);
    }
  });
  if (follow && !ports.signal.aborted) {
    const followed = [...alive];
    const places = new LogPlaces(ports, input);
    const coming: ComingWish = {
      ...input,
      watch,
      next: async (source) => {
        const place = await places.next(source, followed);
        if (typeof place === "object") output.moved(source.container, source.node, place.node);
        return place;
      },
      over: async ({ container, node }) => {
        output.ended({ container, node }, await places.elsewhere(container, followed));
      },
    };
    await readComing(ports, followed, coming, (source, error) => {
      if (error !== undefined && !ports.signal.aborted) output.failed(fail(source, error));
    });
  }
  failures.push(...watch.failures);
  await output.idle();
  if (!ports.signal.aborted) return { result: {}, failures };
  const cut = toFailure(new PictlError("interrupted", "Interrupted before the logs were read to their end."));
  return { result: {}, failures: follow ? failures : [...failures, cut], exitCode: 130 };
}
