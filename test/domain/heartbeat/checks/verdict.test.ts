import { describe, expect, test } from "vitest";
import { verdict } from "../../../../src/domain/heartbeat/checks/verdict.ts";
import { dockerSilent, refused, silent, up } from "../facts.ts";

const failed = { ok: false, message: "connection refused", node: "n2" };

describe("a failed check", () => {
  test("on a node that answers is the container's", () => {
    expect(verdict(failed, up())).toEqual({ kind: "failing", message: "connection refused", nodeDead: false });
    expect(verdict(failed, undefined)).toMatchObject({ kind: "failing", nodeDead: false });
  });

  test("that succeeds for other nodes is the line's", () => {
    expect(verdict({ ...failed, seenBy: [] }, up())).toMatchObject({ kind: "failing" });
    expect(verdict({ ...failed, seenBy: ["n1", "n3"] }, up())).toEqual({
      kind: "unsure",
      rule: "partial-partition",
      message: "connection refused from here, but n1 and n3 can reach it: the line is broken, and not the container",
    });
  });

  test("on a node that others cannot reach either is the node's", () => {
    expect(verdict(failed, silent({ missed: ["n1", "n3"] }))).toEqual({
      kind: "failing",
      message: "n2 does not answer, here or to n1 and n3",
      nodeDead: true,
    });
  });

  test.each([
    ["node-refused", refused, "n2 refuses us: no key fits"],
    ["docker-silent", dockerSilent, "can be neither restarted nor seen to be stopped"],
    ["partial-partition", silent({ missed: ["n1"], seen: ["n3"] }), "but n3 can reach it"],
    ["isolated", silent(), "no other node can be asked about n2"],
  ])("says nothing of the container: %s", (rule, facts, message) => {
    expect(verdict(failed, facts)).toMatchObject({
      kind: "unsure",
      rule,
      message: expect.stringContaining(message) as string,
    });
  });
});

test("a check that succeeded is right, whatever is known of the node", () => {
  for (const facts of [undefined, up(), silent(), refused, dockerSilent]) {
    expect(verdict({ ...failed, ok: true }, facts)).toEqual({ kind: "ok" });
  }
});
