import { describe, expect, test } from "vitest";
import type { SshSettings } from "../../../../src/domain/config/types.ts";
import { parseJumps, parseSshOptions, sshTarget, type SshTarget } from "../../../../src/domain/ssh/config/target.ts";

const local = { name: "me", home: "/home/me", hostname: "here", env: { SSH_AUTH_SOCK: "/run/agent", KEYS: "/keys" } };
const target = (options = "", settings: SshSettings = {}): SshTarget =>
  sshTarget("web1", settings, parseSshOptions(options), local);

describe("sshTarget", () => {
  test("nothing configured: OpenSSH's defaults", () => {
    expect(target()).toEqual({
      host: "web1",
      port: 22,
      user: "me",
      identityFiles: ["/home/me/.ssh/id_rsa", "/home/me/.ssh/id_ecdsa", "/home/me/.ssh/id_ed25519"],
      certificateFiles: [],
      identitiesOnly: false,
      agent: "/run/agent",
      jumps: [],
      proxyCommand: undefined,
      userKnownHostsFiles: ["/home/me/.ssh/known_hosts", "/home/me/.ssh/known_hosts2"],
      globalKnownHostsFiles: ["/etc/ssh/ssh_known_hosts", "/etc/ssh/ssh_known_hosts2"],
      hashKnownHosts: false,
      hostKeyAlias: undefined,
      unknownHosts: "ask",
      connectTimeoutMs: 10_000,
      keepalive: { intervalMs: 5_000, restMs: 60_000, countMax: 3 },
      family: undefined,
    } satisfies SshTarget);
  });

  test.each<[string, Partial<SshTarget>]>([
    ["hostname 10.0.0.1", { host: "10.0.0.1" }],
    ["hostname %h.example.com", { host: "web1.example.com" }],
    ["port 2222", { port: 2222 }],
    ["user root", { user: "root" }],
    ["identityfile ~/a\nidentityfile /b/%r@%h", { identityFiles: ["/home/me/a", "/b/me@web1"] }],
    ["identityfile ${KEYS}/k", { identityFiles: ["/keys/k"] }],
    ["identityfile none", { identityFiles: [] }],
    ["identitiesonly yes", { identitiesOnly: true }],
    ["identityagent none", { agent: undefined }],
    ["identityagent SSH_AUTH_SOCK", { agent: "/run/agent" }],
    ["identityagent $KEYS", { agent: "/keys" }],
    ["identityagent ~/agent.sock", { agent: "/home/me/agent.sock" }],
    [
      "proxyjump a@b:7,[::1]:8",
      {
        jumps: [
          { user: "a", host: "b", port: 7 },
          { user: undefined, host: "::1", port: 8 },
        ],
      },
    ],
    ["proxyjump none", { jumps: [] }],
    ["proxycommand none", { proxyCommand: undefined }],
    [
      "proxycommand ssh -W %h:%p gate",
      { jumps: [{ user: undefined, host: "gate", port: undefined }], proxyCommand: undefined },
    ],
    ["proxycommand nc %h %p %r %n 5%%", { jumps: [], proxyCommand: "nc web1 22 me web1 5%" }],
    ['userknownhostsfile /a "/b c"', { userKnownHostsFiles: ["/a", "/b c"] }],
    ["userknownhostsfile none", { userKnownHostsFiles: [] }],
    ["hashknownhosts yes", { hashKnownHosts: true }],
    ["hostkeyalias alias", { hostKeyAlias: "alias" }],
    ["stricthostkeychecking true", { unknownHosts: "refuse" }],
    ["stricthostkeychecking yes", { unknownHosts: "refuse" }],
    ["stricthostkeychecking accept-new", { unknownHosts: "accept" }],
    ["stricthostkeychecking no", { unknownHosts: "accept" }],
    ["connecttimeout none", { connectTimeoutMs: 10_000 }],
    ["connecttimeout 3", { connectTimeoutMs: 3_000 }],
    ["serveraliveinterval 0", { keepalive: { intervalMs: 5_000, restMs: 60_000, countMax: 3 } }],
    ["serveraliveinterval 7\nserveralivecountmax 2", { keepalive: { intervalMs: 7_000, restMs: 7_000, countMax: 2 } }],
    ["addressfamily inet6", { family: 6 }],
    ["addressfamily any", { family: undefined }],
  ])("%s", (options, expected) => {
    expect(target(options)).toMatchObject(expected);
  });

  test("pictl's own settings win", () => {
    const options = "user a\nport 1\nidentityfile /a\nproxyjump a\nuserknownhostsfile /a\nconnecttimeout 1\n";
    const settings = {
      user: "b",
      port: 2,
      identityFile: "~/b",
      proxyJump: "b",
      knownHostsFile: "/b",
      connectTimeoutMs: 2,
    };
    expect(target(options, settings)).toMatchObject({
      user: "b",
      port: 2,
      identityFiles: ["/home/me/b"],
      identitiesOnly: true,
      jumps: [{ host: "b" }],
      userKnownHostsFiles: ["/b"],
      connectTimeoutMs: 2,
    });
    expect(target("proxyjump a", { proxyJump: "none" }).jumps).toEqual([]);
  });
});

describe("parseJumps", () => {
  test.each([
    ["b", { user: undefined, host: "b", port: undefined }],
    ["a@b", { user: "a", host: "b", port: undefined }],
    ["ssh://a@b:22", { user: "a", host: "b", port: 22 }],
    ["[2001:db8::1]", { user: undefined, host: "2001:db8::1", port: undefined }],
  ])("%s", (text, jump) => {
    expect(parseJumps(text)).toEqual([jump]);
  });

  test.each(["", "a b", "-oProxyCommand=id", "a@-b", "b:0", "b:65536", "a,,b", "http://b"])("refuses %j", (text) => {
    expect(() => parseJumps(text)).toThrow(RangeError);
  });
});
