import { BaseSequencer, type TestSpecification } from "vitest/node";

/**
 * What takes long on a machine that has never run it, in seconds: begun last, it would be waited for alone. What is not
 * listed comes in vitest's own order, which is that of the last run, or of the sizes of the files.
 */
export const seconds: Readonly<Record<string, number>> = {
  "lab/apply": 150,
  "lab/move-broken-off": 140,
  "lab/containers": 130,
  "lab/logs-follow": 130,
  "lab/replace": 85,
  "lab/json": 80,
  "lab/drain": 80,
  "lab/readme": 80,
  "web/on-a-lab": 75,
  "lab/build": 65,
  "lab/move-data": 60,
  "lab/tui": 55,
  "lab/registry": 45,
  "lab/shell": 45,
  "lab/move": 40,
  "lab/by-hand": 30,
  "lab/faults": 30,
  "lab/watch": 30,
  "lab/logs": 25,
  "lab/lifecycle": 25,
  "lab/vip-commands": 200,
  "lab/daemon": 160,
  "lab/failover/layout": 120,
  "lab/failover/targets": 80,
  "lab/failover/nothing": 75,
  "lab/failover/interrupted": 70,
  "lab/vip/planned-stop": 65,
  "lab/failover/moves": 60,
  "lab/vip/by-hand": 55,
  "lab/leadership": 45,
  "lab/vip/holder-lost": 45,
  "lab/vip/ipv6": 25,
  "templates/vip": 80,
  "adapters/elasticsearch/real-node": 70,
  "web/console": 45,
  "web/doing": 35,
  "adapters/ssh/limits": 25,
  "adapters/ssh/run/run": 25,
  "adapters/ssh/connect": 24,
  "templates/guard-model": 24,
  "sim/cluster": 21,
  "cli/completion/shells": 20,
  "http/hostile": 20,
  "domain/leadership/simulation": 20,
  "sim/vip/schedule": 20,
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
