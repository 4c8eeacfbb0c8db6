/** State on a real file system that is full, or read-only, while a process must go on. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { thisMachine } from "../../../src/adapters/controller/index.ts";
import { openEventLog } from "../../../src/adapters/events/index.ts";
import { openJournal } from "../../../src/adapters/journal/index.ts";
import { openSharedState, openStateFile, openVipRequests } from "../../../src/adapters/state/index.ts";
import { openLasting } from "../../../src/app/daemon/lasting.ts";
import { record } from "../../../src/app/kit/record.ts";
import type { Schema } from "../../../src/files/schema.ts";
import { fakeClock } from "../../fakes/clock.ts";
import { moveRecord } from "../../fakes/move.ts";

const whyNot = process.getuid?.() === 0 ? "" : " (needs root)";
const text: Schema<string> = (value) => value as string;
const long = (letter: string): string => letter.repeat(20_000);

describe.skipIf(whyNot !== "")(`a state folder that cannot be written${whyNot}`, () => {
  let folder: string;
  let warnings: string[];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "pictl-lasting-"));
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=128k", "none", folder]);
    warnings = [];
  });
  afterEach(() => {
    execFileSync("umount", [folder]);
    rmSync(folder, { recursive: true });
  });

  const faults: readonly (readonly [what: string, why: string, begin: () => void, end: () => void])[] = [
    [
      "is full",
      "the disk is full",
      () => {
        try {
          writeFileSync(join(folder, "filler"), Buffer.alloc(1024 * 1024));
        } catch {
          // As much as there was room for is in it.
        }
      },
      () => {
        rmSync(join(folder, "filler"));
      },
    ],
    [
      "is read-only",
      "mounted read-only",
      () => {
        execFileSync("mount", ["-o", "remount,ro", folder]);
      },
      () => {
        execFileSync("mount", ["-o", "remount,rw", folder]);
      },
    ],
  ];

  const warn = (message: string): void => void warnings.push(message);
  const options = { warn };
  const log = () => openEventLog({ stateDir: folder, cluster: "c", warn });
  const events = async (): Promise<string[]> => {
    const types: string[] = [];
    for await (const { type } of log().read({ follow: false, signal: new AbortController().signal })) types.push(type);
    return types;
  };

  test.each(faults)(
    "that %s is told once; memory goes on and is written when it can be",
    async (_what, why, begin, end) => {
      const seen: string[] = [];
      const written = log();
      const ports = {
        events: {
          ...written,
          append: (event: Parameters<typeof written.append>[0]) => {
            seen.push(`${event.type} ${event.error ?? ""}`);
            return written.append(event);
          },
        },
        clock: fakeClock,
        actor: { who: "me@here", cause: "pictl daemon" },
      };
      const lasting = openLasting(ports);
      const path = join(folder, "a.json");
      const file = lasting.file(openStateFile(path, text, { durable: true, warn }));
      const shared = lasting.shared(openSharedState(join(folder, "b.json"), text, options));
      const requests = lasting.requests(openVipRequests({ stateDir: folder, cluster: "c" }, options));
      await requests.leave("10.0.0.9", { id: "r", wish: "release", daemon: 1 });
      await file.write(long("a"));
      expect(await shared.update(() => long("b"))).toBe(long("b"));
      await record(ports, { type: "before" });

      begin();
      for (const letter of ["c", "d"]) {
        await file.write(long(letter));
        expect(await file.read()).toBe(long(letter));
        expect(await shared.update((known = "") => `${known.slice(0, 1)}${long(letter)}`)).toHaveLength(20_001);
      }
      expect(file.isSaved?.()).toBe(false);
      // Of more than there is room for: an event in between is small.
      await record(ports, { type: "meanwhile", error: long("e") });
      await requests.reply("10.0.0.9", { id: "r", before: null, answer: { state: "done" } });
      await requests.withdraw("10.0.0.9");
      expect(JSON.parse(readFileSync(path, "utf8"))).toBe(long("a"));
      expect(seen.filter((each) => each.startsWith("state."))).toEqual([expect.stringContaining(why)]);
      expect(warnings).toEqual([expect.stringContaining("The event log")]);
      expect(readdirSync(folder).filter((name) => name.endsWith(".tmp"))).toEqual([]);

      end();
      await file.write(long("d"));
      await shared.update((known = "") => known);
      await requests.withdraw("10.0.0.9");
      await record(ports, { type: "after" });
      expect(file.isSaved?.()).toBe(true);
      expect(JSON.parse(readFileSync(path, "utf8"))).toBe(long("d"));
      expect(JSON.parse(readFileSync(join(folder, "b.json"), "utf8"))).toBe(`b${long("d")}`);
      expect(await requests.read("10.0.0.9")).toBeUndefined();
      expect(await events()).toEqual(["before", "state.unwritable", "meanwhile", "state.writable", "after"]);
    },
  );

  test.each(faults)(
    "that %s: what nothing writes again is written when there is room",
    async (_what, _why, begin, end) => {
      const seen: string[] = [];
      const lasting = openLasting({
        events: {
          cluster: "c",
          async *read() {},
          append: (event) => Promise.resolve(void seen.push(event.type)),
        },
        clock: fakeClock,
        actor: { who: "me@here", cause: "pictl daemon" },
      });
      const file = lasting.file(openStateFile(join(folder, "a.json"), text, { durable: true, warn: () => undefined }));
      const shared = lasting.shared(
        openSharedState(join(folder, "b.json"), text, { durable: true, warn: () => undefined }),
      );
      begin();
      await file.write(long("a"));
      await shared.update(() => long("b"));
      await lasting.catchUp();
      expect(seen).toEqual(["state.unwritable"]);

      end();
      await lasting.catchUp();
      expect(file.isSaved?.()).toBe(true);
      expect(JSON.parse(readFileSync(join(folder, "a.json"), "utf8"))).toBe(long("a"));
      expect(JSON.parse(readFileSync(join(folder, "b.json"), "utf8"))).toBe(long("b"));
      expect(seen).toEqual(["state.unwritable", "state.writable"]);
    },
  );

  test.each(faults)("that %s is a sentence for what must not go on without it", async (_what, why, begin, end) => {
    const journal = openJournal(folder, "c");
    const move = moveRecord({ step: "begun" });
    await journal.write(move);
    const claim = await journal.claim("web", 0);
    begin();
    const next = { ...move, generation: move.generation + 1, who: long("w") };
    await expect(journal.write(next)).rejects.toMatchObject({
      code: "state-write-failed",
      message: expect.stringContaining(why) as string,
    });
    if (why === "mounted read-only") {
      await expect(journal.remove(move)).rejects.toMatchObject({ code: "state-write-failed" });
      await expect(journal.claim("db", 0)).rejects.toMatchObject({ code: "state-write-failed" });
    }
    expect(await thisMachine.lookAtStateDir(folder)).toMatchObject({ state: "unusable" });
    await claim.release();
    expect(await journal.read()).toEqual([move]);
    end();
    expect(await thisMachine.lookAtStateDir(folder)).toEqual({ path: folder, state: "writable" });
  });
});
