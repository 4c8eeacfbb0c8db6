import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseRunArgs } from "../../../../src/domain/docker/run/run-args.ts";
import { longFlag, longFlagNames, shortFlag } from "../../../../src/domain/docker/run/run-flags.ts";

function errors(line: string): string[] {
  return parseRunArgs(split(line))
    .problems.filter(({ severity }) => severity === "error")
    .map(({ message }) => message);
}

function split(line: string): string[] {
  return line === "" ? [] : line.split(" ");
}

describe("what is read", () => {
  test("a line with everything in it", () => {
    const args = parseRunArgs(
      split(
        "-p 80:80 --publish=127.0.0.1:8443:443/tcp -p53:53/udp -v /data:/var/lib:ro --volume=cache:/cache -v /anon " +
          "--mount type=bind,source=/etc,target=/host,readonly --tmpfs /run:size=1m --restart on-failure:3 --net=host " +
          "-e A=b -eC=d --env HOME -l x=y --label z --privileged -Pm 64m --device /dev/ttyUSB0:/dev/tty0 --init",
      ),
    );
    expect(args.problems).toEqual([]);
    expect(args.published).toEqual([
      { ip: "", hostPorts: { first: 80, last: 80 }, containerPorts: { first: 80, last: 80 }, protocol: "tcp" },
      {
        ip: "127.0.0.1",
        hostPorts: { first: 8443, last: 8443 },
        containerPorts: { first: 443, last: 443 },
        protocol: "tcp",
      },
      { ip: "", hostPorts: { first: 53, last: 53 }, containerPorts: { first: 53, last: 53 }, protocol: "udp" },
    ]);
    expect(args.mounts).toEqual([
      { type: "bind", source: "/data", target: "/var/lib", readOnly: true },
      { type: "volume", source: "cache", target: "/cache", readOnly: false },
      { type: "volume", source: undefined, target: "/anon", readOnly: false },
      { type: "bind", source: "/etc", target: "/host", readOnly: true },
      { type: "tmpfs", source: undefined, target: "/run", readOnly: false },
    ]);
    expect(args).toMatchObject({
      restart: "on-failure:3",
      networks: ["host"],
      env: ["A=b", "C=d", "HOME"],
      publishAll: true,
    });
    expect(args.labels).toEqual({ x: "y", z: "" });
  });

  test.each([
    ["-p 8000-8002:80-82", { hostPorts: { first: 8000, last: 8002 }, containerPorts: { first: 80, last: 82 } }],
    ["-p 80", { hostPorts: undefined, containerPorts: { first: 80, last: 80 } }],
    ["-p [::1]:80:81", { ip: "::1", hostPorts: { first: 80, last: 80 }, containerPorts: { first: 81, last: 81 } }],
    ["-p 10.0.0.1::81/sctp", { ip: "10.0.0.1", hostPorts: undefined, protocol: "sctp" }],
    ["-p 8000-8010:80", { hostPorts: { first: 8000, last: 8010 }, containerPorts: { first: 80, last: 80 } }],
    [
      "-p target=80,published=8080",
      { hostPorts: { first: 8080, last: 8080 }, containerPorts: { first: 80, last: 80 } },
    ],
  ])("%s", (line, expected) => {
    expect(parseRunArgs(split(line)).published).toMatchObject([expected]);
  });

  test("a flag that takes a value takes the next word whatever it looks like", () => {
    const args = parseRunArgs(["-e", "--name", "--entrypoint", "-it", "-h", "--rm"]);
    expect(args.problems).toEqual([]);
    expect(args.env).toEqual(["--name"]);
  });
});

describe("what is refused, and why", () => {
  test.each([
    ["--name web", "--name is not possible"],
    ["--name=web", "--name is not possible"],
    ["-a stdout", "-a (--attach) is not possible"],
    ["--help", "--help is not possible"],
    ["-l io.pictl.cluster=x", "labels that begin with io.pictl. are pictl's own"],
    ["-p 80:80 nginx", '"nginx" is no flag'],
    ["-p 80:80 -- nginx", '"nginx" is no flag'],
    ["-", '"-" is no flag'],
    ["-p", "-p needs a value after it"],
    ["--env", "--env needs a value after it"],
    ["-p 99999:80", "ports go from 1 to 65535"],
    ["-p 80:0", "ports go from 1 to 65535"],
    ["-p web:80", "expected [ADDRESS:]"],
    ["-p 80-82:80-81", "the two port ranges differ"],
    ["-p 80:80/icmp", "unknown protocol"],
    ["--mount type=bind,source=/x", "it names no target"],
    ["-v data:/x --tmpfs /x", "two things are mounted at /x"],
    ["-v data:/x --mount type=bind,source=/srv,target=/x/", "two things are mounted at /x"],
    ["--restart sometimes", 'unknown restart policy "sometimes"'],
  ])("%s", (line, message) => {
    expect(errors(line).join("\n")).toContain(message);
  });

  test("each problem names its word", () => {
    const { problems } = parseRunArgs(split("-p 80:80 --rm -e A=b -a stdin"));
    expect(problems.map(({ word }) => word)).toEqual([2, 5]);
  });

  test.each([
    ["--rm --init", "--rm is left out", ["--init"]],
    ["-d=false --init", "-d=false is left out", ["--init"]],
    ["--detach=false", "-d=false is left out", []],
    ["--cidfile x --init", "--cidfile is left out", ["--init"]],
    ["--cidfile=x", "--cidfile is left out", []],
  ])("%s: left out with a warning, and the rest is run", (line, message, words) => {
    const args = parseRunArgs(split(line));
    expect(args.problems).toMatchObject([{ severity: "warning", message: expect.stringContaining(message) as string }]);
    expect(args.words).toEqual(words);
  });

  test("its own name may stand there, another one may not", () => {
    expect(parseRunArgs(split("--name web --init"), "web")).toMatchObject({ words: ["--init"], problems: [] });
    expect(parseRunArgs(split("--name=web"), "web")).toMatchObject({ words: [], problems: [] });
    expect(parseRunArgs(split("--name app"), "web").problems).toMatchObject([{ severity: "error" }]);
  });

  test("an unknown flag is passed on with a warning and a guess", () => {
    const args = parseRunArgs(split("--priviledged --new-thing=x --newer y -Z q -p 80:80"));
    expect(args.words).toEqual(split("--priviledged --new-thing=x --newer y -Z q -p 80:80"));
    expect(args.problems.map(({ severity }) => severity)).toEqual(["warning", "warning", "warning", "warning"]);
    expect(args.problems[0]?.message).toContain('did you mean "--privileged"?');
  });
});

describe("what is passed on", () => {
  test.each([
    ["-d", []],
    ["--detach -p 80:80", ["-p", "80:80"]],
    ["-dP", ["-P"]],
    ["-dit", ["-it"]],
    ["--tty -i", ["--tty", "-i"]],
    ["-dp 80:80", ["-p", "80:80"]],
    ["-Pd", ["-P"]],
    ["--detach=true --init", ["--init"]],
    ["--init --", ["--init"]],
    ["-i=false --rm=false", ["-i=false", "--rm=false"]],
    ["-p=80:80 -e=A=b", ["-p=80:80", "-e=A=b"]],
  ])("%s", (line, expected) => {
    expect(errors(line)).toEqual([]);
    expect(parseRunArgs(split(line)).words).toEqual(expected);
  });

  test("any values of any flags, untouched and in order", () => {
    const refused = new Set(["name", "cidfile", "attach", "publish", "mount", "restart", "label"]);
    const names = longFlagNames().filter((name) => longFlag(name)?.takesValue === true && !refused.has(name));
    const flag = fc
      .tuple(fc.constantFrom(...names), fc.string(), fc.boolean())
      .map(([name, value, assigned]) => (assigned ? [`--${name}=${value}`] : [`--${name}`, value]));
    fc.assert(
      fc.property(fc.array(flag), (flags) => {
        const args = parseRunArgs(flags.flat());
        expect(args.words).toEqual(flags.flat());
        // What no docker takes as a value is told, as `--flag "value": why`.
        expect(args.problems.filter(({ message }) => !/^--[a-z0-9-]+ "/.test(message))).toEqual([]);
      }),
    );
  });
});

const help = dockerHelp();

test.skipIf(help === undefined)(
  "the installed docker client has no flag that the table lacks, and takes the same values",
  () => {
    const flags = [...(help ?? "").matchAll(/^ {2}(?:-(\w), | {4})--([a-z0-9-]+)(?: ([a-z][a-z0-9-]*))?(?: |$)/gm)];
    expect(flags.length).toBeGreaterThan(90);
    for (const [, letter, name = "", type] of flags) {
      const known = longFlag(name);
      expect(known, name).toEqual({ name, takesValue: type !== undefined });
      if (letter !== undefined) expect(shortFlag(letter), letter).toEqual(known);
    }
  },
);

function dockerHelp(): string | undefined {
  try {
    return execFileSync("docker", ["run", "--help"], { encoding: "utf8" });
  } catch {
    return undefined;
  }
}
