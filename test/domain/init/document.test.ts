import { describe, expect, test } from "vitest";
import { initialDocument, objection } from "../../../src/domain/init/document.ts";

describe("a first config", () => {
  test("has its nodes, and nothing that was not said", () => {
    expect(initialDocument({ cluster: "c", nodes: ["n1", "n2"] })).toEqual({
      cluster: "c",
      layout: [{ node: "n1" }, { node: "n2" }],
    });
  });

  test("says how nodes are reached, and has a first container", () => {
    const document = initialDocument({
      cluster: "c",
      nodes: ["n1=10.0.0.1", "n2"],
      user: "pi",
      port: 2222,
      identityFile: "/keys/pi",
      knownHostsFile: "~/known",
      docker: "docker",
      container: { name: "web", nodes: ["n1"], args: "-p 80:80", image: "nginx:1" },
    });
    expect(document).toEqual({
      cluster: "c",
      docker: "docker",
      layout: [{ node: "n1", web: { args: "-p 80:80", image: "nginx:1" } }, { node: "n2" }],
      ssh: { user: "pi", port: 2222, identity_file: "/keys/pi", known_hosts_file: "~/known" },
      nodes: { n1: { address: "10.0.0.1" } },
    });
  });

  test.each([
    [[], /without nodes/],
    [["n1", "n1=10.0.0.1"], /The node n1 is named twice/],
    [["-oProxyCommand=x"], /cannot be the name of a node/],
    [["n1=user@host"], /is no address/],
    [["n1="], /is no address/],
  ])("refuses the nodes %j", (nodes, message) => {
    expect(() => initialDocument({ cluster: "c", nodes })).toThrow(message);
  });

  test.each([
    [{ nodes: [] }, "A config without nodes is of no use."],
    [{ nodes: ["n1"], container: { name: "web app", nodes: ["n1"] } }, '"web app" cannot be the name of a container.'],
    [{ nodes: ["n1"], container: { name: "web", nodes: ["n1"], args: "-p 80:80 -v" } }, "-v needs a value after it"],
    [{ nodes: ["n1"], container: { name: "web", nodes: ["n1"], args: "-p 80:80" } }, undefined],
  ])("of %j it is said what is wrong", (answers, said) => {
    expect(objection({ cluster: "c", ...answers })).toBe(said);
  });
});
