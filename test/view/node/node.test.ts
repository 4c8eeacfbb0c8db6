import { expect, test } from "vitest";
import { placement } from "../../fakes/config.ts";
import { drainQuestion, hostKeysView, nodeChangeView } from "../../../src/view/node/node.ts";

const style = { colour: false, width: 80 };

test("host keys with their fingerprints, whole, in 80 columns", () => {
  const fingerprint = "SHA256:uNiVztksCsDhcc0u9e8BrqXGzFQkpXhGCqsVJmFu2k0";
  const key = {
    node: "n1",
    hop: null,
    name: "10.0.0.1",
    type: "ssh-ed25519",
    fingerprint,
    state: "stored",
    file: null,
  } as const;
  const keys = [
    { ...key, hop: "jump", type: "ecdsa-sha2-nistp256" },
    key,
    { ...key, type: "ssh-rsa", state: "trusted" },
  ] as const;
  const text = hostKeysView({ keys }, style);
  expect(Math.max(...text.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
  expect(text).toBe(`NODE       KEY      FINGERPRINT                                         STATE
n1 (jump)  ECDSA    ${fingerprint}  stored
n1         ED25519  ${fingerprint}  stored
n1         RSA      ${fingerprint}  trusted
`);
});

test("the places of the config that changed", () => {
  const nodes = [{ node: "n4", changed: true, outcome: "added", changes: ['layout[3] = {"node":"n4"}'] }];
  expect(nodeChangeView({ nodes }, style)).toBe('n4: added\n  layout[3] = {"node":"n4"}\n');
});

test("the question before a node is drained tells all that will happen, and what will not", () => {
  const moves = [
    { placement: placement("web", "n1"), to: "n2", otherwise: [] },
    { placement: placement("db", "n1"), to: "n3", otherwise: [] },
  ];
  const ask = (parts: { leftBehind?: string[]; keepers?: string[]; moves?: typeof moves }) =>
    drainQuestion(
      { moves: parts.moves ?? moves, leftBehind: parts.leftBehind ?? [] },
      { node: "n1", path: "config.json", keepers: parts.keepers ?? [] },
    );
  expect(ask({})).toBe("Move web to n2, db to n3, and take n1 out of config.json?");
  expect(ask({ leftBehind: ["db has data."] })).toBe(
    "Move web to n2, db to n3, leaving that data behind, and take n1 out of config.json?",
  );
  expect(ask({ keepers: ["app", "stray"] })).toBe(
    "Move web to n2, db to n3, though app, stray will stay, and n1 with it?",
  );
  expect(ask({ moves: [] })).toBe("Take n1 out of config.json?");
  expect(drainQuestion({ moves, leftBehind: [] }, { node: "n1", keepers: ["app"] })).toBe(
    "Move web to n2, db to n3, though app will stay, and cordon n1?",
  );
});
