import { describe, expect, test } from "vitest";
import { connectError } from "../../../../src/domain/ssh/connect/connect-error.ts";

const failure = {
  node: "n1",
  address: "h:22",
  stage: "connect",
  code: "",
  detail: "",
  attempts: 3,
  spentMs: 2_500,
} as const;

describe("connectError", () => {
  test.each([
    ["ENOTFOUND", "resolve", "The name of h:22 does not resolve to an address."],
    ["EAI_AGAIN", "resolve", "The name of h:22 could not be looked up: no name server answered."],
    ["ECONNREFUSED", "connect", "h:22 refused the connection: the host is there, and no sshd listens on that port."],
    ["EHOSTUNREACH", "connect", "There is no route to h:22 (the host does not answer)."],
    ["ENETUNREACH", "connect", "There is no route to h:22 (no such network from here)."],
    ["EACCES", "connect", "This machine's own firewall does not let a connection to h:22 out."],
    ["TIMEOUT", "resolve", "The name of h:22 was not looked up within 2.5 s."],
    ["TIMEOUT", "connect", "h:22 did not answer within 2.5 s."],
    ["TIMEOUT", "banner", "h:22 accepted the connection and sent no SSH greeting within 2.5 s."],
    ["TIMEOUT", "kex", "h:22 stopped answering while exchanging keys (2.5 s)."],
    ["TIMEOUT", "auth", "h:22 stopped answering while authenticating (2.5 s)."],
    ["DROPPED", "banner", "h:22 closed the connection while waiting for sshd's greeting, 3 times in 2.5 s."],
    ["DROPPED", "auth", "h:22 closed the connection while authenticating."],
    ["NEGOTIATION", "kex", "h:22 and pictl have no  in common."],
    ["EIO", "connect", "The connection to h:22 failed while opening it: ."],
  ] as const)("%s at %s", (code, stage, message) => {
    const error = connectError({ ...failure, code, stage });
    expect(error.message).toBe(message);
    expect(error).toMatchObject({ code: "node-unreachable", node: "n1", hint: expect.stringMatching(/\w/) as string });
  });

  test("what the peer said is quoted", () => {
    expect(connectError({ ...failure, code: "PENALTY", detail: "Not allowed at this time" }).message).toBe(
      'sshd at h:22 does not accept this machine\'s address at the moment ("Not allowed at this time").',
    );
    expect(connectError({ ...failure, code: "FORWARD", detail: "Connection refused" }).message).toBe(
      "The jump host could not connect to h:22: Connection refused.",
    );
  });
});
