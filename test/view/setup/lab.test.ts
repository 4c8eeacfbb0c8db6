import { expect, test } from "vitest";
import { labDownView, labUpView, labView } from "../../../src/view/setup/lab.ts";

const plain = { colour: false, width: Infinity };
const lab = {
  name: "many",
  config: "/srv/my lab/config.json",
  nodes: [
    { node: "n1", address: "10.77.0.11", state: "running", sshd: true, dockerd: true, cut: [] },
    {
      node: "n2",
      address: "10.77.0.12",
      state: "running",
      sshd: true,
      dockerd: false,
      cut: [
        { peer: "controller", direction: "both" },
        { peer: "n1", direction: "to" },
        { peer: "n3", direction: "from" },
      ],
    },
    { node: "n3", address: "10.77.0.13", state: "stopped", sshd: false, dockerd: null, cut: [] },
  ],
} as const;

test("a row a node: power, services, cuts with their direction", () => {
  expect(labView(lab, plain)).toBe(`\
NODE  ADDRESS     STATE    SSHD     DOCKERD  CUT
n1    10.77.0.11  running  answers  answers
n2    10.77.0.12  running  answers  down     controller, → n1, ← n3
n3    10.77.0.13  stopped  down     -
`);
});

test("after up: what to type next", () => {
  expect(labUpView(lab, plain).split("\n").slice(4)).toEqual([
    "",
    "Try it:       pictl nodes --config '/srv/my lab/config.json'",
    "Take it down: pictl lab down --name many",
    "",
  ]);
  expect(labUpView({ ...lab, name: "lab" }, plain)).toMatch(/^Take it down: pictl lab down$/m);
});

test("after down", () => {
  const lab = { name: "lab", dir: "/x", kept: [] };
  expect(labDownView(lab)).toBe('Lab "lab" is down.\n');
  expect(labDownView({ ...lab, kept: ["docker/shop", "notes"] })).toBe(
    'Lab "lab" is down.\nWhat is yours is still in /x: docker/shop, notes.\n',
  );
  expect(labDownView({ ...lab, dir: null })).toBe('There is no lab "lab".\n');
});
