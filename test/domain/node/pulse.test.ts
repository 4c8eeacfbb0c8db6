import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { firstPulseCommand, parsePulse, pulseCommand } from "../../../src/domain/node/pulse.ts";
import { render } from "../../../src/domain/shell.ts";

const answer = `=== pictl uptime
350735.47 1392743.55
=== pictl load
0.52 0.58 0.59 1/467 12345
=== pictl memory
MemTotal:       1000 kB
MemAvailable:   400 kB
=== pictl addresses
2: eth0    inet 192.168.0.100/24 brd 192.168.0.255 scope global eth0\\       valid_lft forever preferred_lft forever
2: eth0    inet 192.168.0.15/32 scope global dynamic eth0\\       valid_lft 6sec preferred_lft 6sec
2: eth0    inet6 fe80::1234/64 scope link \\       valid_lft forever preferred_lft forever
=== pictl processors
cpu  10 1 5 80 20 2 2 1 0 0
cpu0 10 1 5 80 20 2 2 1 0 0
=== pictl heat
42123
-127000
999999999
57860
x
`;

test("a pulse has what changes, and what does not as it was told first", () => {
  const first = parsePulse(`=== pictl hostname\nrack1\n=== pictl uname\naarch64\n6.1\n=== pictl cpus\n4\n${answer}`);
  expect(first.probe).toMatchObject({ hostname: "rack1", arch: "aarch64", kernel: "6.1", cpus: 4, load1: 0.52 });
  const next = parsePulse(answer, first);
  expect(next.probe).toMatchObject({
    hostname: "rack1",
    arch: "aarch64",
    cpus: 4,
    load1: 0.52,
    memoryTotalBytes: 1_024_000,
  });
  expect(next.sample).toMatchObject({ busyTicks: 21, totalTicks: 121, memoryAvailableBytes: 409_600 });
});

test("an address with how long it lasts, and the hottest sensor that can be believed", () => {
  const { addresses, temperatureCelsius } = parsePulse(answer);
  expect(addresses).toEqual(
    new Map([
      ["192.168.0.100", Infinity],
      ["192.168.0.15", 6],
      ["fe80::1234", Infinity],
    ]),
  );
  expect(temperatureCelsius).toBe(57.9);
});

test.each(["", "garbage\0\u{1b}[2J", "=== pictl heat\n", "=== pictl addresses\ninet x"])(
  "what is no answer is a pulse that knows nothing: %j",
  (text) => {
    const pulse = parsePulse(text);
    expect(pulse).toMatchObject({ temperatureCelsius: null, addresses: new Map() });
    expect(pulse.probe).toMatchObject({ load1: null, hostname: null });
  },
);

test.each(["dash", "busybox sh", "bash"])("%s on a real system answers both", (shell) => {
  const run = (line: string): string => execFileSync("env", [...shell.split(" "), "-c", line], { encoding: "utf8" });
  const first = parsePulse(run(render(firstPulseCommand)));
  const next = parsePulse(run(render(pulseCommand)), first);
  expect(next.probe.cpus).toBeGreaterThan(0);
  expect(next.probe.load1).toBeGreaterThanOrEqual(0);
  expect(next.sample.totalTicks).toBeGreaterThanOrEqual(first.sample.totalTicks ?? Infinity);
  expect(next.addresses.get("127.0.0.1")).toBe(Infinity);
});
