import { setMaxListeners } from "node:events";
import { uptime } from "node:os";
import { Flags } from "@oclif/core";
import type { ShipInput } from "../../src/app/elastic/ship.ts";
import { openHeartbeat } from "../../src/app/heartbeat/index.ts";
import { heartbeatOnce } from "../../src/app/heartbeat/once.ts";
import { openLasting } from "../../src/app/daemon/lasting.ts";
import { type Leadership, leadWhile, mayDo, openLeadership } from "../../src/app/leadership/index.ts";
import { openRegister } from "../../src/app/leadership/register.ts";
import { vipsOnce } from "../../src/app/vip/once.ts";
import { PictlCommand } from "../../src/cli/command.ts";
import { openDaemonLog } from "../../src/cli/output/daemon-log.ts";
import { keepMeasuring, keepShipping } from "../../src/daemon/shipping.ts";
import { keepTelling } from "../../src/daemon/notices.ts";
import { sizeNursery } from "../../src/daemon/nursery.ts";
import { watchStalls } from "../../src/daemon/stall.ts";
import type { ElasticSection } from "../../src/domain/config/types.ts";
import type { Fence } from "../../src/domain/guard/command.ts";
import { checkPeriod } from "../../src/domain/vip/period.ts";
import { heartbeatView } from "../../src/view/service/heartbeat.ts";

/** Of a line in a crontab. */
const runEverySeconds = 60;

export default class Daemon extends PictlCommand {
  static override summary = "Watch the cluster: heartbeat, failover, virtual IP. Runs in the foreground.";
  static override description =
    "Checks the containers of the heartbeat section at every heartbeat_interval while automatic_heartbeat is not disabled, " +
    "restarts what fails, and moves what has failed failover_after times in a row to another host of its " +
    "container_host_constraints. One daemon watches a cluster from one machine. A changed config is read again by itself " +
    "(or at SIGHUP); a broken one is refused and the last good one stays. SIGTERM and Ctrl-C finish or undo the step in " +
    "hand and leave within 10 s. Events go to the event log and to stderr, as JSON lines where that is no terminal.";
  static override flags = {
    once: Flags.boolean({ summary: "One round and exit, for cron; the counts are carried on." }),
    every: Flags.integer({
      summary: "How often --once is run (60). A VIP's lease must be longer than three times that.",
      helpValue: "SECONDS",
      min: 1,
      max: 86_400,
      dependsOn: ["once"],
    }),
  };
  static override examples = ["<%= config.bin %> daemon", "<%= config.bin %> daemon --once"];

  async run(): Promise<void> {
    const { flags } = await this.parse(Daemon);
    await (flags.once ? this.#once(flags) : this.#stay(flags));
  }

  /** It reads the config anew then. */
  protected override get outlivesTerminal(): boolean {
    return true;
  }

  protected override announceStop(): void {
    // Elsewhere the log is read by machines.
    if (!this.terminal.live) return;
    process.stderr.write("\nStopping, after the step in hand (10 s at most); Ctrl-C again leaves at once.\n");
  }

  async #once(flags: Parameters<PictlCommand["open"]>[0] & { readonly every?: number | undefined }): Promise<void> {
    let leadership: Leadership | undefined;
    const fence = (): Fence | undefined => leadership?.fence();
    const { config, store, ports, daemon } = await this.open(flags, { fence, face: "daemon" });
    for (const section of config.vips) checkPeriod(section, (flags.every ?? runEverySeconds) * 1000);
    const lock = await daemon.lock();
    try {
      const led = await openLeadership(ports, daemon.leadership);
      leadership = led;
      await led.round(config);
      let current = config;
      const [report, vipFailures] = await leadWhile(
        ports,
        () => led.round(current),
        async () => {
          const heartbeat = openHeartbeat(ports, {
            store,
            counts: "kept",
            place: (placed) => led.place(current, placed),
            lease: (what) => led.lease(what),
            leave: () => led.behind()?.gone ?? [],
          });
          current = await openRegister(
            { ...ports, nodes: ports.vipNodes, counters: heartbeat },
            { leadership: led, store },
          ).keep(config);
          return Promise.all([
            heartbeatOnce(heartbeat, { config: current, mayDo: mayDo(led, current) }),
            vipsOnce(ports, { config: current, state: daemon.vip, leadership: led }),
          ]);
        },
      );
      await this.finish({ ...report, failures: [...report.failures, ...vipFailures] }, heartbeatView);
    } finally {
      await lock.release();
    }
  }

  async #stay(flags: Parameters<PictlCommand["open"]>[0]): Promise<void> {
    const work = new AbortController();
    // Every check, node and address listens to it, and lets go when it has ended.
    setMaxListeners(0, work.signal);
    const log = openDaemonLog(process.stderr, this.terminal);
    const context = await this.open(flags, {
      signal: work.signal,
      progress: log.progress,
      fence: (): Fence => leadership.fence(),
      face: "daemon",
    });
    const { config, store, daemon } = context;
    const lock = await daemon.lock();
    const events = log.alsoShown(context.ports.events);
    const lasting = openLasting({ ...context.ports, events });
    const ports = {
      ...context.ports,
      events,
      memory: lasting.file(context.ports.memory),
      generations: lasting.shared(context.ports.generations),
      inhabited: lasting.shared(context.ports.inhabited),
    };
    const { memory } = daemon.leadership;
    const leadership = await openLeadership(ports, { ...daemon.leadership, memory: lasting.file(memory) });
    sizeNursery(config.nodes.length);
    const { runDaemon } = await import("../../src/daemon/index.ts");
    const shipping = (section: ElasticSection): ShipInput => {
      const files = daemon.shipping(section);
      return { ...files, state: lasting.file(files.state), version: this.config.version };
    };
    try {
      await runDaemon(ports, {
        config,
        store,
        state: lasting.file(daemon.state),
        leadership,
        vip: { state: (ip) => lasting.file(daemon.vip(ip)), requests: lasting.requests(daemon.vipRequests) },
        env: process.env,
        identity: { pid: process.pid, configPath: store.path, version: this.config.version },
        leave: this.signal,
        stalls: watchStalls(ports.clock, () => 1000 * uptime()),
        wake: (listener) => {
          process.on("SIGHUP", listener);
        },
        beside: [
          (run) => keepTelling(ports, { feed: daemon.notices.feed, state: lasting.file(daemon.notices.state) }, run),
          (run) => keepShipping(ports, shipping, run),
          (run) => keepMeasuring(ports, { open: shipping, leads: () => leadership.role() === "leader" }, run),
        ],
        catchUp: () => lasting.catchUp(),
        abandon: (reason) => {
          work.abort(reason);
        },
      });
    } finally {
      await lock.release();
    }
  }
}
