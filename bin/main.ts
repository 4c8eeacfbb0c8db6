import { run } from "@oclif/core/run";
import { settings } from "@oclif/core/settings";
import type { Interfaces, Plugin } from "@oclif/core";
import { leadingFlagsBehind } from "../src/cli/errors/leading-flags.ts";

export interface MainOptions {
  /** The folder of package.json. */
  readonly root: string;
  readonly pjson: Interfaces.PJSON;
  /** How the commands are found, when not by the manifest in `root`. */
  readonly plugin?: Plugin;
}

/** Runs the command line and leaves its exit code in the process. Never rejects. */
export async function main({ root, pjson, plugin }: MainOptions): Promise<void> {
  // Without this, oclif looks for a tsconfig.json and transpiles by itself when NODE_ENV says "development".
  settings.enableAutoTranspile = false;
  leaveQuietlyWhenNobodyReads();
  const words = leadingFlagsBehind(process.argv.slice(2));
  await plugin?.load();
  const options: Interfaces.Options = {
    root,
    pjson,
    ...(plugin === undefined ? {} : { plugins: new Map([[plugin.name, plugin]]) }),
    userPlugins: false,
    devPlugins: false,
  };
  try {
    // `pictl help status` is `pictl status --help`. Elsewhere a -h is a command's own: `pictl exec -- df -h`.
    const [first, ...rest] = words;
    await run(first === "help" || first === "-h" ? [...rest, "--help"] : words, options);
  } catch (error) {
    // Commands report their own failures; what comes here is an unknown command, or a bug before one could start.
    const { reportStartFailure } = await import("../src/cli/errors/start-failure.ts");
    process.exitCode = await reportStartFailure(error, words, options);
  }
  await leave();
}

/**
 * Ends the process once everything is printed. A command that has ended has nothing left to wait for, and a socket
 * that a peer never closes must not keep a terminal or a cron job.
 */
async function leave(): Promise<void> {
  await Promise.all(
    [process.stdout, process.stderr].map(
      (stream) =>
        new Promise<void>((resolve) => {
          // A device that is full refuses even nothing.
          if (stream.writableLength === 0) setImmediate(resolve);
          else
            stream.write("", () => {
              resolve();
            });
        }),
    ),
  );
  process.exit();
}

/**
 * `pictl nodes | head -1`: the reader is gone, so leave with the code a shell gives to a program that died of SIGPIPE
 * (128 + 13). Progress on a closed or full stderr is no reason to stop working.
 */
function leaveQuietlyWhenNobodyReads(): void {
  for (const stream of [process.stdout, process.stderr]) heedErrors(stream);
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(141);
    // The terminal was closed; what is under way is ended in order by its SIGHUP.
    if (error.code === "EIO") return;
    process.stderr.write(`What there was to say could not be written to stdout: ${error.message}.\n`);
    process.exit(1);
  });
  process.stderr.on("error", () => undefined);
}

/** Where a stream is a file or a device, node throws what `write` meets, into whatever happens to write. */
function heedErrors(stream: NodeJS.WriteStream): void {
  const write = stream.write.bind(stream) as (...args: unknown[]) => boolean;
  stream.write = (...args: unknown[]): boolean => {
    try {
      return write(...args);
    } catch (error) {
      stream.emit("error", error);
      const heard = args.at(-1);
      if (typeof heard === "function") (heard as (error: unknown) => void)(error);
      return true;
    }
  };
}
