import { BaseSequencer, type TestSpecification } from "vitest/node";

/**
 * What takes long on a machine that has never run it, in seconds: begun last, it would be waited for alone. What is not
 * listed comes in vitest's own order, which is that of the last run, or of the sizes of the files.
 */
const seconds: Readonly<Record<string, number>> = {
  "lab/apply": 150,
  "lab/move-broken-off": 130,
  "lab/readme": 120,
  "lab/containers": 110,
  "lab/logs-follow": 90,
  "lab/replace": 85,
  "lab/build": 80,
  "lab/drain": 80,
  "web/on-a-lab": 80,
  "lab/registry": 75,
  "lab/move-data": 70,
  "lab/tui": 70,
  "lab/json": 60,
  "lab/lifecycle": 45,
  "lab/by-hand": 45,
  "lab/vip-commands": 200,
  "lab/daemon": 160,
  "lab/failover/targets": 120,
  "lab/failover/nothing": 110,
  "lab/failover/interrupted": 110,
  "lab/failover/moves": 100,
  "adapters/elasticsearch/real-node": 50,
  "templates/vip": 31,
  "web/doing": 30,
  "web/console": 30,
  "adapters/ssh/limits": 25,
  "sim/cluster": 21,
  "cli/completion/shells": 20,
  "adapters/ssh/run": 17,
  "templates/guard-model": 14,
};

/** The files that take long are begun first. */
export class HeavyFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.sort(
      (a, b) =>
        a.project.config.sequence.groupOrder - b.project.config.sequence.groupOrder ||
        a.project.name.localeCompare(b.project.name) ||
        secondsOf(b) - secondsOf(a),
    );
  }
}

function secondsOf({ moduleId }: TestSpecification): number {
  const name = moduleId.replace(/^.*\/test\//, "").replace(/(\.lab)?\.test\.ts$/, "");
  return seconds[name] ?? 0;
}
