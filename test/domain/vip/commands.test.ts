import { describe, expect, it, test } from "vitest";
import { render } from "../../../src/domain/shell.ts";
import { asReason, grant, parseProbe, parseSurvey, whyRefused } from "../../../src/domain/vip/commands.ts";

it("a grant tells the network: three times of a change, once that nothing has changed", () => {
  const given = { cluster: "c", ip: "10.0.0.9", device: "eth0", lease: true };
  expect(render(grant("text", { ...given, announce: "thrice" }))).toBe("sh -c text sh grant c 10.0.0.9 eth0 lease 3");
  expect(render(grant("text", { ...given, lease: false, announce: "once" }))).toBe(
    "sh -c text sh grant c 10.0.0.9 eth0 forever 1",
  );
});

describe("what a probe tells", () => {
  test.each([
    ["device\ncarrier\nholds 12 eth0 fd77::10/128\nend\n", { ipv6Off: false, holds: { secondsLeft: 12 } }],
    ["device\ncarrier\nholds forever eth0 fd77::10/128\nend\n", { ipv6Off: false, holds: { secondsLeft: null } }],
    ["device\ncarrier\noff\nend\n", { ipv6Off: true, holds: null, foreign: [], networks: [] }],
    [
      "device\ncarrier\nforeign eth0 10.0.0.9/24\nnetwork 10.0.0.9/24\nnetwork 10.1.0.1/16\nend\n",
      {
        holds: null,
        foreign: [{ device: "eth0", address: "10.0.0.9/24" }],
        networks: ["10.0.0.9/24", "10.1.0.1/16"],
      },
    ],
  ])("%j", (stdout, expected) => {
    expect(parseProbe(stdout)).toMatchObject({ state: "answers", device: true, carrier: true, ...expected });
  });
});

it("a survey tells what pictl gave, and what somebody else did; half of one tells nothing", () => {
  expect(parseSurvey("foreign 10.0.0.9 eth0 10.0.0.9/24\ngiven fd77::10\nend\n")).toEqual({
    given: ["fd77::10"],
    foreign: [{ ip: "10.0.0.9", device: "eth0", address: "10.0.0.9/24" }],
  });
  expect(parseSurvey("given fd77::10\n")).toBeUndefined();
});

it("an error becomes words in a sentence", () => {
  expect(asReason("The node could not write /run/x, where it remembers whom to obey: nothing was done.")).toBe(
    "the node could not write /run/x, where it remembers whom to obey",
  );
});

it("a refusal says what to do on the node", () => {
  expect(whyRefused(78, "eth0")).toBe(
    "the node has IPv6 switched off on eth0; `sysctl net.ipv6.conf.eth0.disable_ipv6=0` there switches it on",
  );
  expect(whyRefused(127, "eth0")).toBe("the node could not do it (exit code 127)");
});
