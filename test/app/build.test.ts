import { describe, expect, it } from "vitest";
import { buildImages, type BuildInput } from "../../src/app/build.ts";
import type { BuildContext, Connection, Engine, EventLog, Outcome, Ports, RunOptions } from "../../src/app/ports.ts";
import type { Placement } from "../../src/domain/config/types.ts";
import type { ImageFacts } from "../../src/domain/docker/facts.ts";
import { PictlError } from "../../src/domain/errors.ts";
import type { PictlEvent } from "../../src/domain/events/event.ts";
import { buildOnNode } from "../../src/domain/docker/client/build-command.ts";
import { render, words } from "../../src/domain/shell.ts";
import { config, node, placement } from "../fakes/config.ts";
import { imageFacts } from "../fakes/facts.ts";
import { openProgress } from "../fakes/progress.ts";

interface World {
  readonly images?: Readonly<Record<string, readonly ImageFacts[]>>;
  readonly context?: BuildContext | undefined;
  readonly run?: (nodeName: string, line: string, options: RunOptions) => Promise<Outcome>;
}

const base = { stdout: "", stderr: "", truncated: false, durationMs: 1 };
const ok: Outcome = { ...base, status: "ok", code: 0 };

function contextOf(digest: string, tar: () => AsyncIterable<Uint8Array> = noBytes): BuildContext {
  return {
    folder: "/docker/web",
    digest,
    files: 2,
    bytes: 10,
    tar,
    difference: () => Promise.reject(new Error("too small")),
  };
}

async function* noBytes(): AsyncGenerator<Uint8Array> {
  yield* [];
}

function world({ images = {}, context = contextOf("sha256:1"), run = () => Promise.resolve(ok) }: World) {
  const events: PictlEvent[] = [];
  const lines: string[] = [];
  const shown: string[] = [];
  let opened = 0;
  const connection = (name: string) =>
    ({
      node: name,
      privilege: () => Promise.resolve({ root: false, docker: false, sudo: true }),
      run: (command, options = {}) => {
        lines.push(`${options.sudo === true ? "sudo " : ""}${name}: ${render(command)}`);
        return run(name, render(command), options);
      },
    }) as Partial<Connection> as Connection;
  const ports = {
    nodes: {
      connect: (spec) => Promise.resolve(connection(spec.name)),
      discard: () => undefined,
      close: () => Promise.resolve(),
    },
    engines: {
      on: (spec) =>
        Promise.resolve({ images: () => Promise.resolve([...(images[spec.name] ?? [])]) } as Partial<Engine> as Engine),
    },
    contexts: {
      sent: () => ({ read: () => Promise.resolve(undefined), write: () => Promise.resolve() }),
      open: () => {
        opened += 1;
        return Promise.resolve(context);
      },
    },
    events: { append: (event) => Promise.resolve(void events.push(event)) } as Partial<EventLog> as EventLog,
    clock: {
      now: () => 0,
      monotonic: () => 1e9,
      sleep: () => Promise.resolve(),
      timeout: () => new AbortController().signal,
    },
    progress: openProgress({ shown }),
    signal: new AbortController().signal,
    concurrency: 32,
    actor: { who: "me@here", cause: "pictl build" },
  } as Partial<Ports> as Ports;
  return { ports, events, lines, shown, opened: () => opened };
}

function input(placements: readonly Placement[], parts: Partial<BuildInput> = {}): BuildInput {
  const names = [...new Set(placements.map((each) => each.node))];
  const flags = { noCache: false, pull: false, force: false, dryRun: false };
  return { config: config({ nodes: names.map((name) => node(name)), placements }), placements, ...flags, ...parts };
}

const web = (on: string, name = "web"): Placement => placement(name, on, { build: "/docker/web" });

function sent(command: string): string {
  return render(buildOnNode(words(...command.split(" ")), "web"));
}

describe("buildImages", () => {
  it("builds where the image is missing or old, skips where it is the same, reads the folder once", async () => {
    const same = imageFacts({ tags: ["web:latest"], labels: { "io.pictl.context": "sha256:1" } });
    const old = imageFacts({ tags: ["web:latest"], labels: { "io.pictl.context": "sha256:0" } });
    const { ports, events, lines, opened } = world({ images: { n2: [same], n3: [old] } });
    const report = await buildImages(
      ports,
      input([web("n1"), web("n2"), web("n3"), placement("db", "n1", { image: "pg:16" })]),
    );
    expect(report.failures).toEqual([]);
    expect(report.result.images.map((row) => [row.node, row.changed, row.outcome])).toEqual([
      ["n1", true, "built (not on the node yet)"],
      ["n2", false, "up to date"],
      ["n3", true, "built (its folder changed)"],
    ]);
    const command = "docker build --force-rm --tag web --label io.pictl.context=sha256:1 -";
    expect(lines.sort()).toEqual([`sudo n1: ${sent(command)}`, `sudo n3: ${sent(command)}`]);
    expect(opened()).toBe(1);
    expect(events.sort((a, b) => ((a.node ?? "") < (b.node ?? "") ? -1 : 1))).toMatchObject([
      { type: "image.built", node: "n1", container: "web", before: null, after: "sha256:1", cause: "pictl build" },
      { type: "image.built", node: "n3", container: "web", before: "sha256:0", after: "sha256:1", who: "me@here" },
    ]);
  });

  it("two at a time on one node, all nodes at once", async () => {
    const running = new Map<string, number>();
    let most = 0;
    let all = 0;
    const run = async (name: string): Promise<Outcome> => {
      running.set(name, (running.get(name) ?? 0) + 1);
      most = Math.max(most, running.get(name) ?? 0);
      all = Math.max(
        all,
        [...running.values()].reduce((sum, count) => sum + count, 0),
      );
      await new Promise((resolve) => setTimeout(resolve, 10));
      running.set(name, (running.get(name) ?? 0) - 1);
      return ok;
    };
    const placements = ["n1", "n2", "n3"].flatMap((on) => ["a", "b", "c", "d", "e"].map((name) => web(on, name)));
    const report = await buildImages(world({ run }).ports, input(placements));
    expect(report.result.images).toHaveLength(15);
    expect([most, all]).toEqual([2, 6]);
  });

  it("shows docker's steps as they come, cut anywhere", async () => {
    const run = async (_node: string, _line: string, { onStdout, onStderr }: RunOptions): Promise<Outcome> => {
      for (const part of ["Step 1/2 : FR", "OM scratch\nStep 2/2 ", ": COPY . /\n ---> ab\n"])
        await onStdout?.(Buffer.from(part));
      await onStderr?.(Buffer.from("#7 [3/3] RUN make\n"));
      return ok;
    };
    const { ports, shown } = world({ run });
    await buildImages(ports, input([web("n1")]));
    expect(shown).toEqual([
      "web@n1: not on the node yet",
      "web@n1: 1/2 FROM scratch",
      "web@n1: 2/2 COPY . /",
      "web@n1: 3/3 RUN make",
    ]);
  });

  it("a failed build: docker's last words, an event, and the other node goes on", async () => {
    const run = (name: string): Promise<Outcome> =>
      Promise.resolve(
        name === "n2"
          ? ok
          : { ...base, status: "failed", code: 1, stdout: "Step 1/1 : RUN x\nboom\n", stderr: "it failed\n" },
      );
    const { ports, events } = world({ run });
    const report = await buildImages(ports, input([web("n1"), web("n2")]));
    expect(report.result.images.map((row) => row.node)).toEqual(["n2"]);
    const message = "The image web could not be built.\nStep 1/1 : RUN x\nboom\nit failed";
    const hint = "Correct its files in /docker/web, and try again.";
    expect(report.failures).toEqual([{ code: "docker-failed", hint, node: "n1", container: "web", message }]);
    expect(events.find((event) => event.node === "n1")).toMatchObject({ type: "image.build-failed", error: message });
  });

  it.each([
    ["docker-missing", "sh: 1: docker: not found", ""],
    [
      "docker-failed",
      "/bin/sh: docker: not found\nThe command returned a non-zero code: 127",
      "Step 1/1 : RUN docker\n",
    ],
  ])("%s: the words of a step are not those of the node's shell", async (code, stderr, stdout) => {
    const run = async (_node: string, _line: string, { onStdout }: RunOptions): Promise<Outcome> => {
      await onStdout?.(Buffer.from(stdout));
      return { ...base, status: "failed", code: 127, stdout, stderr };
    };
    const report = await buildImages(world({ run }).ports, input([web("n1")]));
    expect(report.failures).toMatchObject([{ code, node: "n1", container: "web" }]);
  });

  it("not knowing how it ended is told", async () => {
    const run = (): Promise<Outcome> => Promise.resolve({ ...base, status: "unknown", code: null, reason: "timeout" });
    const report = await buildImages(world({ run }).ports, input([web("n1")]));
    expect(report.failures).toMatchObject([{ code: "timeout", node: "n1", container: "web" }]);
  });

  it("a tar that breaks off ends the build with its own error", async () => {
    const broken = new PictlError("build-context-invalid", "changed");
    // oxlint-disable-next-line eslint-js/require-yield -- a stream that fails at once
    const context = contextOf("sha256:1", async function* (): AsyncGenerator<Uint8Array> {
      throw broken;
    });
    const run = async (_node: string, _line: string, { stdin, signal }: RunOptions): Promise<Outcome> => {
      const aborted = new Promise<never>((_, reject) => {
        signal?.addEventListener("abort", () => {
          reject(new PictlError("interrupted", "stopped"));
        });
      });
      aborted.catch(() => undefined);
      try {
        await (stdin as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]().next();
      } catch {
        return aborted;
      }
      return ok;
    };
    const report = await buildImages(world({ context, run }).ports, input([web("n1")]));
    expect(report.failures).toMatchObject([{ code: "build-context-invalid", message: "changed" }]);
  });

  it("a dry run prints the line and does nothing", async () => {
    const { ports, lines, events } = world({});
    const report = await buildImages(ports, input([web("n1")], { dryRun: true, noCache: true }));
    expect(report.result.images).toMatchObject([
      {
        changed: false,
        outcome:
          "would run: docker build --force-rm --tag web --label io.pictl.context=sha256:1 --no-cache - < 2 files, 10 bytes, of /docker/web (not on the node yet)",
      },
    ]);
    expect([lines, events]).toEqual([[], []]);
  });

  it("without a folder here: the node's own, anew only when asked", async () => {
    const present = { n1: [imageFacts({ tags: ["web:latest"] })] };
    const ports = (context?: BuildContext) => {
      const made = world({ images: present });
      return {
        ...made,
        ports: { ...made.ports, contexts: { ...made.ports.contexts, open: () => Promise.resolve(context) } },
      };
    };
    const kept = ports();
    const first = await buildImages(kept.ports, input([web("n1")]));
    expect([first.result.images[0]?.outcome, kept.lines]).toEqual(["is there, from the node's own folder", []]);
    const rebuilt = ports();
    const second = await buildImages(rebuilt.ports, input([web("n1")], { rebuildUnseen: true }));
    expect(second.result.images).toMatchObject([{ changed: true, context: null }]);
    expect(rebuilt.lines).toEqual([`sudo n1: ${sent("docker build --force-rm --tag web /docker/web")}`]);
  });

  it("begins no more builds at once than nodes are worked on, and each that fails is its node's failure", async () => {
    let running = 0;
    let most = 0;
    const { ports } = world({
      context: undefined,
      run: async (name) => {
        running += 1;
        most = Math.max(most, running);
        await new Promise((resolve) => setTimeout(resolve, name === "n1" ? 30 : 1));
        running -= 1;
        return { ...base, status: "failed", code: 1, stderr: "no" };
      },
    });
    const report = await buildImages({ ...ports, concurrency: 1 }, input([web("n1"), web("n2"), web("n3")]));
    expect(report.failures.map(({ code, node: on }) => [on, code])).toEqual([
      ["n1", "docker-failed"],
      ["n2", "docker-failed"],
      ["n3", "docker-failed"],
    ]);
    expect(most).toBe(1);
  });

  it("a name that no image can have is told before anything is done", async () => {
    const { ports, lines } = world({});
    const report = await buildImages(ports, input([web("n1", "Web")]));
    expect(report.failures).toMatchObject([{ code: "config-invalid", container: "Web" }]);
    expect(lines).toEqual([]);
  });
});
