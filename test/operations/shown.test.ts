import { expect, test } from "vitest";
import { operationOf } from "../../src/operations/index.ts";
import { shownInput } from "../../src/operations/shown.ts";

test.each([
  ["image.pull", { image: "app", all: true, username: "ci", password: "canary" }],
  ["registry.search", { term: "app", username: "ci", password: "canary" }],
  ["config.set", { path: "token", value: "canary" }],
  ["config.set", { path: "layout[0].web", value: { args: "-p 80:80", secrets: { KEY: "canary" } } }],
  ["config.replace", { text: "token: canary" }],
  ["command.exec", { command: [" mysql -pcanary"], all: true }],
  ["command.exec", { script: "export TOKEN=canary", all: true, stdin: "canary" }],
  ["container.add", { name: "web", node: ["n1"], args: "-e PASSWORD=canary -p 80:80" }],
  ["container.edit", { container: "web", args: "-e PASSWORD=canary -p 80:80" }],
])("what %s was given is shown without what is secret in it", (id, input) => {
  const operation = operationOf(id);
  if (!operation) throw new Error(id);
  expect(JSON.stringify(shownInput(operation, input))).not.toContain("canary");
});

test("what was said is shown, and what was left out is not", () => {
  const operation = operationOf("container.move");
  if (!operation) throw new Error("container.move");
  const input = { container: "web", node: "n2", overlap: true, force: false, wait: 0, grace: 5 };
  expect(shownInput(operation, input)).toEqual({ container: "web", node: "n2", overlap: true, grace: 5 });
});
