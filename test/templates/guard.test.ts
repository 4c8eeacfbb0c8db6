import { spawn, spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { bootId, type GuardCall, GuardedNode, shells, whyNoGuard } from "../support/guard.ts";

const done = { code: 0, stdout: "done\n", stderr: "" };
const refused = (code: number, words: string) => ({
  code,
  stdout: "",
  stderr: expect.stringMatching(new RegExp(`^TOKEN ${words}\n$`)) as string,
});

describe.skipIf(whyNoGuard).each(shells)("guard.sh under $name", ({ words }) => {
  const nodes: GuardedNode[] = [];
  const folders: string[] = [];
  afterEach(() => {
    for (const node of nodes.splice(0)) node.forget();
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
  });
  const fresh = (options?: ConstructorParameters<typeof GuardedNode>[1]): GuardedNode => {
    const node = new GuardedNode(words, options);
    nodes.push(node);
    return node;
  };
  const folder = (): string => {
    const made = mkdtempSync(join(tmpdir(), "pictl-guard-"));
    folders.push(made);
    return made;
  };

  test.each<[string, GuardCall, unknown]>([
    ["nothing to check", {}, done],
    ["in time", { boot: bootId, within: 1000 }, done],
    ["late", { boot: bootId, within: -1280 }, refused(180, "late 12[89]\\d")],
    ["another boot", { boot: "0f0f", within: 1000 }, refused(181, "rebooted")],
    ["another boot and late", { boot: "0f0f", within: -1000 }, refused(181, "rebooted")],
  ])("a command by hand: %s", (_what, call, expected) => {
    const node = fresh();
    expect(node.run(call)).toEqual(expected);
    expect(existsSync(node.state)).toBe(false);
  });

  test("the command has its own streams, exit code and environment", () => {
    const node = fresh();
    const command = `cat; echo "two  words"; echo err >&2; env | grep -v ^PICTL_WITHOUT= | grep -c ^PICTL_; exit 180`;
    for (const call of [{}, { epoch: 3, owner: "a" }]) {
      expect(node.run({ ...call, command, stdin: "in\nput " })).toEqual({
        code: 180,
        stdout: "in\nput two  words\n0\n",
        stderr: "err\n",
      });
    }
    const umask = spawnSync("sh", ["-c", "umask"], { encoding: "utf8" }).stdout;
    expect(node.run({ epoch: 3, owner: "a", command: "umask" }).stdout).toBe(umask);
  });

  test.each<[string, { promised?: string; age?: number; reboot?: boolean }, GuardCall, unknown, string]>([
    ["the first ever", {}, { epoch: 1, owner: "a" }, done, "1 a 0"],
    ["the leader's", { promised: "5 a" }, { epoch: 5, owner: "a" }, done, "5 a 1500"],
    ["a greater epoch of the leader", { promised: "5 a" }, { epoch: 6, owner: "a" }, done, "6 a 1500"],
    ["a greater epoch of another", { promised: "5 a" }, { epoch: 6, owner: "b" }, done, "6 b 0"],
    ["a smaller epoch", { promised: "5 a" }, { epoch: 4, owner: "b" }, refused(182, "superseded 5 a"), "5 a 1500"],
    ["a smaller epoch of the same", { promised: "5 a" }, { epoch: 4, owner: "a" }, refused(182, "superseded 5 a"), "5 a 1500"],
    ["a smaller epoch, long after", { promised: "5 a", age: 99 }, { epoch: 4, owner: "b" }, refused(182, "superseded 5 a"), "5 a 1500"],
    ["the loser's of one epoch", { promised: "5 a" }, { epoch: 5, owner: "b" }, refused(182, "superseded 5 a"), "5 a 1500"],
    ["the winner's, where the loser was promised", { promised: "5 a", age: 99 }, { epoch: 5, owner: "b" }, done, "5 b 0"],
    ["the loser's, after a restart", { promised: "5 a", age: 99, reboot: true }, { epoch: 5, owner: "b" }, refused(182, "superseded 5 a"), "5 a 1500"],
    ["by hand", { promised: "5 a" }, {}, done, "5 a 1500"],
  ])("a command of a daemon: %s", (_what, { promised, age, reboot }, call, expected, after) => {
    const node = fresh();
    if (promised !== undefined) {
      const [epoch, owner = ""] = promised.split(" ");
      expect(node.claim({ epoch: Number(epoch), owner, ttl: 15 })).toBe(`claimed ${promised} 15`);
    }
    if (age !== undefined) node.age(age);
    if (reboot) node.reboot();
    expect(node.run(call)).toEqual(expected);
    expect(node.promise()).toBe(after);
  });

  test.each<[string, { age?: number; reboot?: boolean }, { epoch: number; owner: string; ttl?: number }, string]>([
    ["a look", {}, { epoch: 0, owner: "b" }, "refused 5 a 15"],
    ["the owner again", { age: 6 }, { epoch: 5, owner: "a" }, "claimed 5 a 15"],
    ["the owner, greater", {}, { epoch: 7, owner: "a" }, "claimed 7 a 15"],
    ["the owner, smaller", {}, { epoch: 4, owner: "a" }, "refused 5 a 15"],
    ["the owner, after its promise ran out", { age: 99 }, { epoch: 5, owner: "a" }, "claimed 5 a 15"],
    ["the owner for a shorter time: never shorter", {}, { epoch: 5, owner: "a", ttl: 2 }, "claimed 5 a 15"],
    ["a stranger", { age: 6 }, { epoch: 9, owner: "b" }, "refused 5 a 9"],
    ["a stranger, after it ran out", { age: 16 }, { epoch: 6, owner: "b" }, "claimed 6 b 15"],
    ["a stranger of the same epoch, after it ran out", { age: 16 }, { epoch: 5, owner: "b" }, "refused 5 a 0"],
    ["a stranger, after it ran out and a restart: anew in full", { age: 16, reboot: true }, { epoch: 6, owner: "b" }, "refused 5 a 15"],
  ])("a claim after `claimed 5 a 15`: %s", (_what, { age, reboot }, { ttl = 15, ...call }, expected) => {
    const node = fresh();
    expect(node.claim({ epoch: 5, owner: "a", ttl: 15 })).toBe("claimed 5 a 15");
    if (age !== undefined) node.age(age);
    if (reboot) node.reboot();
    expect(node.claim({ ...call, ttl })).toBe(expected);
  });

  test("what a leader has it remember stays until the next one says otherwise, whoever else it obeys", () => {
    const node = fresh();
    expect(node.remembers()).toBe("0 -");
    node.claim({ epoch: 5, owner: "a", ttl: 15, marks: "10.0.0.1=n1" });
    expect(node.remembers()).toBe("5 10.0.0.1=n1");
    node.claim({ epoch: 4, owner: "a", ttl: 15, marks: "-" });
    node.run({ epoch: 6, owner: "b" });
    node.claim({ epoch: 7, owner: "b", ttl: 15 });
    node.reboot();
    expect(node.remembers()).toBe("5 10.0.0.1=n1");
    node.claim({ epoch: 7, owner: "b", ttl: 15, marks: "-" });
    expect(node.remembers()).toBe("7 -");
  });

  test("a promise after a restart runs out from the first contact on", () => {
    const node = fresh();
    node.claim({ epoch: 5, owner: "a", ttl: 15 });
    node.reboot();
    expect(node.claim({ epoch: 0, owner: "b", ttl: 15 })).toBe("refused 5 a 15");
    node.age(16);
    expect(node.claim({ epoch: 6, owner: "b", ttl: 15 })).toBe("claimed 6 b 15");
  });

  test("a claim of a node that never promised anything, and one that comes late", () => {
    const node = fresh();
    expect(node.claim({ epoch: 0, owner: "b", ttl: 15 })).toBe("refused 0 - 0");
    expect(node.claim({ epoch: 1, owner: "b", ttl: 15, boot: bootId, within: -100 })).toMatch(/^TOKEN late \d+$/);
    expect(node.claim({ epoch: 0, owner: "b", ttl: 15 })).toBe("refused 0 - 0");
  });

  test("a login that is not root keeps its own state, and heeds root's", () => {
    const home = folder();
    spawnSync("chown", ["65534", home]);
    const options = { as: ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"], env: { HOME: home } };
    const node = fresh(options);
    expect(node.run({ epoch: 3, owner: "a" })).toEqual(done);
    expect(readFileSync(join(home, ".local/state/pictl", node.cluster, "promise"), "utf8")).toBe("3 a 0 0 -\n");
    const asRoot = new GuardedNode(words);
    nodes.push(asRoot);
    Object.assign(node, { cluster: asRoot.cluster });
    expect(asRoot.claim({ epoch: 5, owner: "b", ttl: 15 })).toBe("claimed 5 b 15");
    expect(node.run({ epoch: 4, owner: "a" })).toEqual(refused(182, "superseded 5 b"));
    expect(node.run({ epoch: 5, owner: "b" })).toEqual(done);
  });

  test("what cannot be remembered is refused, and by hand it still works", () => {
    const node = fresh();
    node.spoil();
    expect(node.run({ epoch: 1, owner: "a" })).toEqual(refused(184, `state ${node.state}`));
    expect(node.claim({ epoch: 1, owner: "a", ttl: 15 })).toBe(`TOKEN state ${node.state}`);
    expect(node.run({})).toEqual(done);
  });

  test("who stands for election is remembered with those that he asks, beside what is remembered", () => {
    const node = fresh();
    const claim = { epoch: 5, owner: "a", ttl: 15 };
    node.claim({ epoch: 0, owner: "a", ttl: 15, electorate: "@=n1" });
    expect(node.remembers()).toBe("0 -");
    node.claim({ ...claim, electorate: "@=n1" });
    node.claim({ ...claim, electorate: "@=n1" });
    expect(node.remembers()).toBe("0 @=n1");
    node.claim({ ...claim, owner: "b", electorate: "@=n7" });
    node.claim({ ...claim, electorate: "@=n1+n2" });
    expect(node.remembers()).toBe("0 @=n1,@=n1+n2");
    node.claim({ ...claim, marks: "10.0.0.1=n1,@=n1+n2", electorate: "@=n1+n2" });
    expect(node.remembers()).toBe("5 10.0.0.1=n1,@=n1+n2");
  });

  test("without a flock program everything is checked all the same, but nothing is promised", () => {
    const bin = folder();
    for (const program of ["mkdir", "ls", "mv", "sync", "id", "sh", "dash", "busybox"]) {
      const path = spawnSync("sh", ["-c", `command -v ${program}`], { encoding: "utf8" }).stdout.trim();
      symlinkSync(path, join(bin, program));
    }
    const node = fresh({ env: { PATH: bin } });
    expect(node.run({ epoch: 5, owner: "a" })).toEqual(done);
    // One of a shell that has it inside.
    const [program, ...rest] = words;
    const has = spawnSync(program, [...rest, "-c", "command -v flock"], { env: { PATH: bin } }).status === 0;
    expect(node.claim({ epoch: 5, owner: "a", ttl: 15 })).toBe(has ? "claimed 5 a 15" : "TOKEN flock");
    expect(node.run({ epoch: 4, owner: "a" })).toEqual(refused(182, "superseded 5 a"));
    expect(node.run({ boot: bootId, within: -100 })).toEqual(refused(180, "late \\d+"));
    expect(node.run({ epoch: 5, owner: "a", lock: "vip" })).toEqual(done);
  });

  test.each<[string, string]>([
    ["everybody may write there", 'mkdir -m 777 "$1"'],
    ["a group may write there", 'mkdir -m 775 "$1"'],
    ["it is somebody else's", 'mkdir "$1" && chown 65534 "$1"'],
    ["it is a link", 'mkdir "$2" && ln -s "$2" "$1"'],
  ])("a folder in which somebody else could plant a file is not written: %s", (_what, plant) => {
    const other = folder();
    for (const which of ["state", "volatile"] as const) {
      const node = fresh();
      mkdirSync("/var/lib/pictl", { recursive: true });
      mkdirSync("/run/pictl", { recursive: true });
      const planted = spawnSync("sh", ["-c", plant, "sh", node[which], join(other, which)]);
      expect(planted.status).toBe(0);
      expect(node.run({ epoch: 1, owner: "a" })).toEqual(refused(184, `unsafe ${node.state}`));
      expect(node.claim({ epoch: 1, owner: "a", ttl: 15 })).toBe(`TOKEN unsafe ${node.state}`);
      expect(readdirSync(node[which])).toEqual([]);
      expect(node.run({})).toEqual(done);
    }
  });

  test("no other user can hold a lock, or read more than the promise; nor with lock files of before", () => {
    const node = fresh();
    mkdirSync(node.volatile, { recursive: true });
    for (const name of ["guard.lock", "vip.lock"]) writeFileSync(join(node.volatile, name), "", { mode: 0o644 });
    for (let turn = 0; turn < 2; turn++) {
      expect(node.claim({ epoch: 5, owner: "a", ttl: 15 })).toBe("claimed 5 a 15");
      expect(node.run({ epoch: 5, owner: "a", lock: "vip" })).toEqual(done);
      for (const name of ["guard.lock", "vip.lock"]) {
        const stranger = ["--reuid=65534", "--regid=65534", "--clear-groups", "flock", "-n", join(node.volatile, name)];
        expect(spawnSync("setpriv", [...stranger, "true"], { encoding: "utf8" }).stderr).toContain("Permission denied");
        rmSync(join(node.volatile, name));
      }
    }
    for (const path of [join(node.state, "promise"), join(node.volatile, "until")]) {
      expect(statSync(path).mode & 0o777).toBe(0o644);
    }
  });

  test("a lock is held while the command runs, and who waits for it longer than two seconds is refused", async () => {
    const node = fresh();
    const marker = join(folder(), "go");
    // Its own lock, so that other commands of the daemon go on meanwhile.
    const guard = readFileSync(new URL("../../templates/guard.sh", import.meta.url), "utf8");
    const args = ["-c", guard, "guard.sh", "run", "TOKEN", node.cluster, "", "", "5", "a", "vip"];
    const [program, ...rest] = words;
    const holder = spawn(program, [...rest, ...args, `echo in; until [ -e ${marker} ]; do sleep 0.05; done`]);
    try {
      await once(holder.stdout, "data");
      expect(node.run({ epoch: 5, owner: "a" })).toEqual(done);
      expect(node.run({ epoch: 5, owner: "a", lock: "vip" })).toEqual(refused(183, "busy"));
    } finally {
      spawnSync("touch", [marker]);
    }
    await once(holder, "exit");
    const told = node.run({ within: 1000, boot: bootId, lock: "vip", command: 'echo "$PICTL_DEADLINE"' });
    expect(told.stdout).toMatch(/^\d+\n$/);
  });

  test("of many strangers who claim at once, one gets it", async () => {
    const node = fresh();
    const guard = readFileSync(new URL("../../templates/guard.sh", import.meta.url), "utf8");
    const [program, ...rest] = words;
    const answers = await Promise.all(
      Array.from({ length: 12 }, async (_, index) => {
        const args = ["claim", "TOKEN", node.cluster, "", "", "1", `owner${index.toString()}`, "1500", ""];
        const child = spawn(program, [...rest, "-c", guard, "guard.sh", ...args]);
        let stdout = "";
        child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
        await once(child, "close");
        return stdout;
      }),
    );
    expect(answers.filter((answer) => answer.startsWith("claimed "))).toHaveLength(1);
    expect(new Set(answers.map((answer) => answer.split(" ")[2])).size).toBe(1);
  });
});
