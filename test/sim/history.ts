import { sha256 } from "../../src/app/kit/digest.ts";
import { imageOf, runInput, wantedText } from "../../src/domain/container/drift/wanted.ts";
import * as docker from "../../src/domain/docker/client/commands.ts";
import { labels } from "../../src/domain/docker/labels.ts";
import { load } from "./config.ts";
import { SimDaemon } from "./daemon.ts";
import { parseDocker } from "./docker-words.ts";
import { Weather } from "./faults.ts";
import { notAtRest } from "./invariants/at-rest.ts";
import type { Scenario } from "./scenario.ts";
import { Watch } from "./watch.ts";
import { World } from "./world.ts";

/** How a history ended: undefined when everything that must be was. */
export interface Ending {
  readonly violation: string | undefined;
  /** Seconds of virtual time. */
  readonly seconds: number;
  readonly rounds: number;
}

/** Long enough for the longest pause between two restarts, and some rounds. */
const restMs = 330_000;
const restRounds = 14;

/** Lets a scenario happen, with the real use cases in it, and watches. `transcript` gets a line for everything. */
export async function happen(scenario: Scenario, transcript?: (line: string) => void): Promise<Ending> {
  const world = new World(scenario.seed, scenario);
  world.transcript = transcript;
  furnish(world);
  let rounds = 0;
  let bug: unknown;
  const watch = new Watch(world, scenario, () => weather.daemon);
  const weather: Weather = new Weather(
    world,
    () =>
      new SimDaemon(world, {
        onRound: (round, config, stalled) => {
          rounds++;
          watch.rounded(round, config, stalled);
        },
        onBug: (error) => {
          bug ??= error;
        },
      }),
    (container) => {
      watch.forget(container);
    },
  );
  weather.plan(scenario.faults);
  const step = (): boolean => watch.step() && bug === undefined;
  await world.timeline.run(scenario.quietAt, step);
  if (step()) {
    world.say("world", "the faults are over");
    weather.clear();
  }
  const unrest = step() ? await rest(world, watch, scenario, step) : [];
  const violation =
    bug === undefined
      ? (watch.violation ?? unrest[0])
      : `the daemon dies of ${bug instanceof Error ? (bug.stack ?? bug.message) : JSON.stringify(bug)}`;
  for (const process of [weather.daemon.process, ...weather.commands]) process.kill();
  // Some have real timers, which would hold the whole world.
  for (const stream of world.streams) stream.destroy();
  return { violation, seconds: world.timeline.now / 1000, rounds };
}

/** Runs until everything has been at rest for two rounds; resolves to what is not when it takes too long. */
async function rest(
  world: World,
  watch: Watch,
  { intervalMs, faults }: Scenario,
  step: () => boolean,
): Promise<readonly string[]> {
  const latest = world.timeline.now + Math.max(restMs, 0) + restRounds * intervalMs;
  const byHand = new Set(faults.flatMap((fault) => (fault.do === "edit-layout" ? [fault.container] : [])));
  let calm = 0;
  let problems: readonly string[] = [];
  while (world.timeline.now < latest) {
    await world.timeline.run(world.timeline.now + 1.1 * intervalMs, step);
    if (!step()) return [];
    const config = world.config();
    const journal = [...world.journal.keys()];
    problems = config ? notAtRest(config, watch.sight().copies, { journal, byHand }) : ["the config is broken"];
    calm = problems.length === 0 ? calm + 1 : 0;
    if (calm > 2) return [];
  }
  return problems;
}

/** Everything runs as the config says. */
export function furnish(world: World): void {
  const { config } = load(world.text);
  config.placements.forEach((placement, index) => {
    const node = world.node(placement.node);
    const image = imageOf(placement);
    const imageId = node.docker.addImage(
      image,
      placement.build === undefined ? {} : { [labels.context]: `sha256:${placement.build}` },
    );
    const command = docker.run(
      runInput(placement, {
        cluster: config.cluster,
        generation: Math.floor(world.wallMs() / 1000) - 100 - index,
        digest: sha256(wantedText(placement, [])),
      }),
    );
    const parsed = parseDocker(command.kind === "words" ? command.words : []);
    if (parsed.do !== "run") throw new RangeError("a container is made by `docker run`");
    node.docker.add({
      name: parsed.name,
      image,
      imageId,
      labels: parsed.labels,
      ports: parsed.hostPorts.map((port) => ({ ip: "0.0.0.0", publicPort: port, privatePort: port, protocol: "tcp" })),
      restart: parsed.restart,
      state: "running",
      exitCode: null,
      stoppedByHand: false,
      startedAtMs: world.wallMs(),
      createdAt: 0,
    });
  });
}
