import { Flags } from "@oclif/core";
import { join } from "node:path";
import { PictlCommand } from "../../src/cli/command.ts";
import { openDaemonLog } from "../../src/cli/output/daemon-log.ts";
import { jsonLine } from "../../src/view/document.ts";
import { listeningView } from "../../src/view/service/serve.ts";

export default class Serve extends PictlCommand {
  static override summary = "Serve the web console and the HTTP API. Runs in the foreground.";
  static override description =
    "Listens on web_port (3003) of the loopback address, or where `http` in the config says. Anything beyond loopback " +
    "needs TLS, or a proxy that speaks it. Who may come in: `serve user` and `serve token`; while there is no user, it prints an " +
    "address on loopback that logs in who opens it first. SIGTERM and Ctrl-C end it within 2 s. With --json it prints where it listens " +
    "as a JSON line.";
  static override flags = {
    host: Flags.string({ summary: "Address to listen on, instead of the config's.", helpValue: "ADDRESS" }),
    port: Flags.integer({
      summary: "Port to listen on, instead of web_port; 0 takes any that is free.",
      helpValue: "PORT",
      min: 0,
      max: 65_535,
    }),
    "self-signed": Flags.boolean({
      summary: "Serve HTTPS with a certificate made here, and print its fingerprint.",
    }),
  };
  static override examples = ["<%= config.bin %> serve", "<%= config.bin %> serve --host 0.0.0.0 --port 8443"];

  async run(): Promise<void> {
    const { flags } = await this.parse(Serve);
    const work = new AbortController();
    const log = openDaemonLog(process.stderr, this.terminal);
    const context = await this.open(flags, { signal: work.signal, progress: log.progress });
    const { ports, config } = context;
    const { runServe } = await import("../../src/http/index.ts");
    await runServe(
      { ...context, ports: { ...ports, events: log.alsoShown(ports.events) } },
      {
        access: context.access,
        host: flags.host ?? config.http?.host ?? "127.0.0.1",
        port: flags.port ?? config.http?.webPort ?? 3003,
        selfSigned: flags["self-signed"],
        webRoot: join(this.config.root, "dist", "web"),
        version: this.config.version,
        leave: this.signal,
        onListening: (listening) => {
          process.stdout.write(flags.json ? `${jsonLine(listening)}\n` : listeningView(listening));
        },
        warn: (message) => {
          log.progress.warn(message);
        },
      },
    );
    work.abort();
  }

  protected override announceStop(): void {
    // It ends at once.
  }
}
