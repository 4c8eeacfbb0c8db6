import { spawnSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { parseRunArgs } from "../../../../src/domain/docker/run/run-args.ts";

const errors = (words: readonly string[]): readonly string[] =>
  parseRunArgs(words)
    .problems.filter(({ severity }) => severity === "error")
    .map(({ message }) => message);

/** Refused by the client itself. */
const byClient: readonly (readonly [flag: string, value: string, why: string])[] = [
  ["--stop-timeout", "10s", "expected a whole number"],
  ["--health-retries", "some", "expected a whole number"],
  ["--pids-limit", "", "expected a whole number"],
  ["--memory", "1x", "expected a size such as 512m"],
  ["--memory", "0x10m", "expected a size such as 512m"],
  ["--memory-swap", "-2g", "expected a size such as 512m"],
  ["--shm-size", "big", "expected a size such as 512m"],
  ["--health-interval", "5", "expected a time with its unit"],
  ["--health-timeout", "5x", "expected a time with its unit"],
  ["--cpus", "all", "expected a number of processors"],
  ["--env", "", "it has no name"],
  ["--env", "=x", "it has no name"],
  ["--label", "", "it has no name"],
  ["--label", "=x", "it has no name"],
  ["--add-host", "db", "expected NAME:ADDRESS"],
  ["--add-host", "db:", "expected NAME:ADDRESS"],
  ["--sysctl", "net.core.somaxconn", "expected NAME=value"],
  ["--expose", "http", "expected PORT"],
  ["--publish", "300.1.1.1:80:80", "is no address"],
  ["--publish", "n1:80:80", "is no address"],
  ["--publish", "[n1]:80:80", "is no address"],
  ["--volume", "", "expected a path that begins with /"],
];

/** Refused by daemons, seen with Docker 20.10. */
const byDaemon: typeof byClient = [
  ["--ip", "front", "expected an IPv4 address"],
  ["--ip6", "front", "expected an IPv6 address"],
  ["--workdir", "app", "expected a path that begins with /"],
  ["--volume", "data:data", "expected a path that begins with /"],
  ["--volume", "/srv:/", "over the whole of a container"],
  ["--volume", "sub/data:/data", "can be no volume's name"],
  ["--volume", "_data:/data", "can be no volume's name"],
  ["--mount", "type=volume,source=data,target=data", "expected a path that begins with /"],
  ["--tmpfs", "run", "expected a path that begins with /"],
  ["--tmpfs", "/", "over the whole of a container"],
];

test.each([...byClient, ...byDaemon])("%s %j: %s", (flag, value, why) => {
  expect(errors([flag, value]).join("\n")).toContain(why);
});

test("a switch takes true or false, in Go's words", () => {
  expect(errors(["--privileged=yes"])).toEqual(['--privileged "yes": expected true or false']);
  expect(errors(["--privileged=T", "-t=0", "--init"])).toEqual([]);
});

const taken: readonly (readonly string[])[] = [
  ...["0x10", "010", "-1", "+1"].map((value) => ["--stop-timeout", value]),
  ...["1.5g", "100 MB", "6m", "512MiB", "7000000b"].map((value) => ["--memory", value]),
  ["--memory-swap", "-1"],
  ...["1/2", ".5", "1e0"].map((value) => ["--cpus", value]),
  ...["0", "1.5m30s", "100ms"].map((value) => ["--health-interval", value]),
  ...["A", " =x", "A=b=c"].map((value) => ["--env", value]),
  ...["db:1.2.3.4", "db=1.2.3.4", "db:::1", "db:host-gateway"].map((value) => ["--add-host", value]),
  ...["80", "80-90/tcp", "80/TCP", "80/sctp"].map((value) => ["--expose", value]),
  ...["80:80", "[::1]:80:80", "::1:80:80", "10.0.0.1::80"].map((value) => ["--publish", value]),
  ...["/data", "data:/data", "./data:/data", "../data:/data", "a..b:/data"].map((value) => ["--volume", value]),
  ["--volume-driver", "nfs", "--volume", "server/share:/data"],
  ["--mount", "type=volume,source=server/share,target=/data,volume-driver=nfs"],
];

test.each(taken.map((words) => [words.join(" "), words] as const))("%s is taken", (_, words) => {
  expect(errors(words)).toEqual([]);
});

const docker = spawnSync("docker", ["--version"]).status === 0;

describe.skipIf(!docker)("the installed docker client", () => {
  const said = (words: readonly string[]): string =>
    spawnSync("docker", ["--host", "unix:///nonexistent/docker.sock", "create", ...words, "image"], {
      encoding: "utf8",
    }).stderr;
  // It has read all of them when it asks its daemon.
  const reached = /connect to the docker api|cannot connect to the docker daemon/i;

  test("refuses the same", () => {
    for (const [flag, value] of byClient) expect(said([flag, value]), `${flag} ${value}`).not.toMatch(reached);
  });

  test("takes the same", () => {
    for (const words of taken) expect(said(words), words.join(" ")).toMatch(reached);
  });
});
