/** The locks on a node by a real sh: who shares them, and what other users of the node put in their way. */
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { holdLocks, parseLockAnswer } from "../../../src/domain/lock/command.ts";
import { shells, whyNoGuard } from "../../support/guard.ts";
import { patience } from "../../support/patience.ts";
import { type NodeUser, PrivateNode, root } from "../../support/private-node.ts";

interface Taken {
  readonly said: string;
  /** Whether it lets go after one more sign of life, which is awaited for so long. */
  readonly endsAfterBeat: (withinMs: number) => Promise<boolean>;
  readonly release: () => Promise<void>;
}

const docker = 4321;
const ann: NodeUser = { uid: 5001, groups: [5001, docker] };
const bob: NodeUser = { uid: 5002, groups: [5002, docker] };
const mallory: NodeUser = { uid: 5666, groups: [5666] };

describe.skipIf(whyNoGuard).each(shells)("locks under $name", ({ words }) => {
  let node: PrivateNode;
  beforeEach(async () => {
    node = await PrivateNode.start();
    node.run(root, "mkdir /run/secret && echo precious >/run/secret/victim");
  });
  afterEach(async () => {
    await node.stop();
  });

  /** What the lock command says first, and how it is let go. */
  async function take(user: NodeUser, ...names: readonly string[]): Promise<Taken> {
    const command = holdLocks(names.length > 0 ? names : ["c.web"], {
      who: `${String(user.uid)}@here`,
      cause: "pictl restart",
      since: "now",
    });
    if (command.kind !== "script") throw new Error("no script");
    const child = node.start(user, [...words, "-c", command.text, "sh", ...command.args]);
    onTestFinished(() => void child.kill("SIGKILL"));
    // One that refuses at once reads nothing.
    child.stdin?.on("error", () => undefined);
    child.stdin?.write(".");
    const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream });
    const timer = setTimeout(() => child.kill(), patience.timeout);
    const line = await Promise.race([
      once(lines, "line").then(([text]) => String(text)),
      once(child, "close").then(([code]) => `ended ${String(code)}`),
    ]);
    clearTimeout(timer);
    const by = parseLockAnswer(line);
    return {
      said: by?.held ? `held by ${by.by?.who ?? "?"}` : line,
      endsAfterBeat: async (withinMs) => {
        const ended = once(child, "close").then(() => true);
        child.stdin?.write(".");
        let timer: NodeJS.Timeout | undefined;
        const late = new Promise<false>((resolve) => (timer = setTimeout(resolve, withinMs, false)));
        return Promise.race([ended, late]).finally(() => {
          clearTimeout(timer);
        });
      },
      release: async () => {
        child.stdin?.end();
        if (child.exitCode === null) await once(child, "close");
      },
    };
  }

  const victim = (): string => node.run(root, "cat /run/secret/victim; ls /run/secret");

  test.each<[string, NodeUser, NodeUser]>([
    ["root and a member of the docker group", root, ann],
    ["a member and root", ann, root],
    ["two members", ann, bob],
    ["root and root", root, root],
  ])("keep apart %s", async (_what, one, two) => {
    await node.openDocker(docker);
    const first = await take(one);
    expect(first.said).toBe("free c.web");
    expect((await take(two)).said).toBe(`held by ${String(one.uid)}@here`);
    const other = await take(two, "c.other");
    expect(other.said).toBe("free c.other");
    await Promise.all([first.release(), other.release()]);
    expect((await take(two)).said).toBe("free c.web");
  });

  test("those who come first at once share one folder", async () => {
    await node.openDocker(docker);
    const users = [ann, bob, root, ann, bob, root];
    const said = (await Promise.all(users.map((user) => take(user)))).map((each) => each.said.split(" ")[0]);
    expect(said.sort()).toEqual(["free", "held", "held", "held", "held", "held"]);
  });

  test.each<[string, string, NodeUser]>([
    ["the folder is removed", "rm -rf /run/pictl/locks", root],
    ["the members' folder is removed", "rm -rf /run/lock/pictl-docker", ann],
    ["the folder is put aside", "mv /run/pictl/locks /run/aside", root],
    ["a file is removed", "rm /run/pictl/locks/c.other", root],
    ["a file is replaced", "cd /run/pictl/locks && rm c.web && echo >c.web", root],
  ])("are let go when %s, since somebody else may have taken them", async (_what, meddle, user) => {
    if (user === ann) await node.openDocker(docker);
    const lock = await take(user, "c.web", "c.other");
    expect(await lock.endsAfterBeat(200)).toBe(false);
    node.run(root, meddle);
    expect(await lock.endsAfterBeat(patience.timeout)).toBe(true);
  });

  test("nobody outside the docker group reads, holds or replaces them", async () => {
    await node.openDocker(docker);
    await (await take(ann)).release();
    await (await take(root, "c.root")).release();
    const seen = node.run(mallory, "ls /run/lock/pictl-docker 2>&1; flock -n /run/lock/pictl-docker true 2>&1; :");
    expect(seen.match(/Permission denied/g)).toHaveLength(2);
  });

  test("root without a docker group has a folder of its own", async () => {
    expect((await take(root)).said).toBe("free c.web");
    expect(node.run(root, "stat -c '%a %u' /run/pictl/locks")).toBe("700 0\n");
    expect(node.run(mallory, "ls /run/pictl/locks 2>&1; :")).toContain("Permission denied");
  });

  test("a user with a Docker of its own has the lock in its runtime folder, or in one that was looked at", async () => {
    node.run(root, "mkdir -m 700 /run/user/5666 && chown 5666 /run/user/5666");
    await (await take(mallory)).release();
    expect(node.run(root, "ls /run/user/5666/pictl")).toBe("c.web\n");
    await (await take({ uid: 5003, groups: [5003] })).release();
    expect(node.run(root, "stat -c '%a %u' /tmp/pictl-5003")).toBe("700 5003\n");
  });

  test.each([
    ["a link in the old folder", "mkdir -m 777 /run/lock/pictl && ln -s /run/secret/victim /run/lock/pictl/c.web"],
    ["a fifo in the old folder", "mkdir -m 777 /run/lock/pictl && mkfifo -m 666 /run/lock/pictl/c.web"],
    ["a link in the folder's place", "ln -s /run/secret /run/lock/pictl-docker"],
    ["a link to nothing", "ln -s /run/secret/new /run/lock/pictl-docker"],
    ["a fifo in the folder's place", "mkfifo /run/lock/pictl-docker"],
    ["a file in the folder's place", "echo >/run/lock/pictl-docker"],
    [
      "a folder of its own",
      "mkdir -m 777 /run/lock/pictl-docker && ln -s /run/secret/victim /run/lock/pictl-docker/c.web",
    ],
  ])("root takes no notice of what another user planted: %s", async (_what, plant) => {
    await node.openDocker(docker);
    node.run(mallory, plant);
    const before = victim();
    const lock = await take(root);
    expect(lock.said).toBe("free c.web");
    expect((await take(ann)).said).toBe("held by 0@here");
    await lock.release();
    expect(victim()).toBe(before);
  });

  test.each([
    ["a folder", "mkdir -m 777 /run/lock/pictl-docker && ln -s /run/secret/victim /run/lock/pictl-docker/c.web"],
    ["a fifo", "mkfifo /run/lock/pictl-docker"],
    ["a link", "ln -s /run/secret /run/lock/pictl-docker"],
    ["a folder of the right mode", "mkdir /run/lock/pictl-docker && chmod 2770 /run/lock/pictl-docker"],
    [
      "many names",
      "cd /run/lock && mkdir -m 2777 pictl-docker pictl-docker-0 'pictl-docker 1' pictl-docker-zzzzzzzzzz",
    ],
  ])("what another user planted keeps no member out, nor apart from root: %s", async (_what, plant) => {
    await node.openDocker(docker);
    node.run(mallory, `${plant}; mkdir -m 777 /tmp/pictl-docker`);
    const before = victim();
    const lock = await take(ann);
    expect(lock.said).toBe("free c.web");
    expect((await take(bob)).said).toBe("held by 5001@here");
    expect((await take(root)).said).toBe("held by 5001@here");
    await lock.release();
    expect(victim()).toBe(before);
  });

  test("nor does it when they all come first at once", async () => {
    await node.openDocker(docker);
    node.run(mallory, "mkdir -m 777 /run/lock/pictl-docker /tmp/pictl-docker");
    const users = [ann, bob, root, ann, bob, root];
    const said = (await Promise.all(users.map((user) => take(user)))).map((each) => each.said.split(" ")[0]);
    expect(said.sort()).toEqual(["free", "held", "held", "held", "held", "held"]);
  });

  test("who has a Docker of its own refuses what another user planted, and says what", async () => {
    node.run(mallory, "mkdir -m 777 /tmp/pictl-5003");
    expect((await take({ uid: 5003, groups: [5003] })).said).toBe("unusable /tmp/pictl-5003");
  });

  test("what is no file in the folder of those who may is no lock, and keeps nobody waiting", async () => {
    await node.openDocker(docker);
    await (await take(ann)).release();
    node.run(
      ann,
      "cd /run/lock/pictl-docker && rm c.web && ln -s /run/secret/victim c.web && mkfifo c.fifo && mkdir c.folder",
    );
    const before = victim();
    expect((await take(root)).said).toBe("free c.web");
    expect((await take(root, "c.fifo")).said).toBe("free c.fifo");
    expect((await take(root, "c.folder")).said).toBe("unusable /run/lock/pictl-docker/c.folder");
    expect(victim()).toBe(before);
  });

  test("the holder is written anew, whole", async () => {
    await node.openDocker(docker);
    node.run(
      root,
      "mkdir -m 2770 /run/lock/pictl-docker && chgrp 4321 /run/lock/pictl-docker && chmod 2770 /run/lock/pictl-docker",
    );
    node.run(ann, `printf '%0999d' 0 >/run/lock/pictl-docker/c.web; chmod 660 /run/lock/pictl-docker/c.web`);
    const lock = await take(root);
    expect(JSON.parse(readFileSync(`${node.inside}/run/lock/pictl-docker/c.web`, "utf8"))).toMatchObject({
      who: "0@here",
    });
    await lock.release();
  });
});

test("what a holder says of itself breaks no sentence", () => {
  const holder = { who: "ann\n  → run this", cause: "pictl\u001b[2J", since: "now" };
  expect(parseLockAnswer(`held web ${JSON.stringify(holder)}`)).toEqual({
    ...{ name: "web", held: true },
    by: { who: String.raw`ann\n  → run this`, cause: String.raw`pictl\x1b[2J`, since: "now" },
  });
});
