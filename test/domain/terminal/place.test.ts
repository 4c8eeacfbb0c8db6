import { expect, test } from "vitest";
import { placeNamed } from "../../../src/domain/terminal/place.ts";
import { config, node, placement } from "../../fakes/config.ts";

const cluster = config({
  nodes: [node("n1"), node("n2"), node("both")],
  placements: [placement("web", "n1"), placement("web", "n2"), placement("db", "n2"), placement("both", "n1")],
});
const place = (word: string): string => {
  const { node: on, container } = placeNamed(cluster, word);
  return `${container ?? "-"} on ${on.name}`;
};

test("a node, a container, and a container of a node", () => {
  expect(place("n1")).toBe("- on n1");
  expect(place("db")).toBe("db on n2");
  expect(place("web@n2")).toBe("web on n2");
  expect(place("both")).toBe("- on both");
  expect(place("both@n1")).toBe("both on n1");
});

test("a container on several nodes, and what there is not, are told with what is meant", () => {
  expect(() => place("web")).toThrow(expect.objectContaining({ code: "usage", hint: "Say which: web@n1, web@n2." }));
  expect(() => place("dbb")).toThrow('Neither a node nor a container is called "dbb"; did you mean "db"?');
  expect(() => place("web@n3")).toThrow('did you mean "web@n1"?');
});
