import { describe, expect, onTestFinished, test, vi } from "vitest";
import { webOperations } from "../../scripts/web-operations.ts";
import { commandLine } from "../../src/operations/command-line.ts";
import { noteOf } from "../../src/operations/fields.ts";
import { operations } from "../../src/operations/index.ts";
import type { Operation } from "../../src/operations/operation.ts";
import { requestOf } from "../../src/web/operations.ts";

describe("what a button of the console does", () => {
  test.each(
    operations.filter(({ command }) => command !== null).map((operation) => [operation.id, operation] as const),
  )("%s: the command beside it is the one that the server tells", (id, operation) => {
    withTable();
    const input = everything(operation);
    expect(requestOf(id, input).command).toBe(
      commandLine(operation, operation.id === "plan.apply" ? { ...input, steps: undefined } : input),
    );
  });

  test("what stands in the path is not in the body, and what is not said is nowhere", () => {
    withTable();
    const { method, path, body, command, role } = requestOf("node.drain", {
      node: "a/b",
      copyVolumes: true,
      wait: undefined,
    });
    expect({ method, path, body, command, role }).toEqual({
      method: "POST",
      path: "nodes/a%2Fb/drain",
      body: { copyVolumes: true },
      command: "pictl node drain a/b --copy-volumes",
      role: "operator",
    });
  });

  test("a look says all in its address", () => {
    withTable();
    const { path, body } = requestOf("node.host-keys", { node: "n7", address: "10.0.0.7", port: 22, user: "" });
    expect({ path, body }).toEqual({ path: "nodes/n7/host-keys?address=10.0.0.7&port=22", body: undefined });
  });

  test("a password is in the body and in no command", () => {
    withTable();
    const { body, command } = requestOf("image.pull", {
      image: "web",
      all: true,
      username: "anna",
      password: "s3cret",
    });
    expect(body).toMatchObject({ password: "s3cret" });
    expect(command).toBe("pictl pull web --username anna");
  });
});

/** As the build puts it into the bundle. */
function withTable(): void {
  vi.stubGlobal("OPERATIONS", webOperations);
  onTestFinished(() => {
    vi.unstubAllGlobals();
  });
}

/** Each field that can be said, with something that needs quoting. */
function everything({ input }: Operation): Readonly<Record<string, unknown>> {
  const values = {
    flag: true,
    number: 3,
    text: "it's one",
    list: ["a", "b c"],
    secret: "hidden",
    value: "x y",
  } as const;
  return Object.fromEntries(
    Object.entries(input.shape).flatMap(([name, schema]) => {
      const { kind, default: preset } = noteOf(schema);
      return kind === "confirm" || preset === true ? [] : [[name, values[kind]]];
    }),
  );
}
