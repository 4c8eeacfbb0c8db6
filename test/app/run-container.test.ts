import { expect, test } from "vitest";
import type { Connection, Engine, Outcome, Ports } from "../../src/app/ports.ts";
import { putInPlace } from "../../src/app/run-container.ts";
import * as docker from "../../src/domain/docker/commands.ts";
import { type Command, render, words } from "../../src/domain/shell.ts";
import { placement } from "../fakes/config.ts";
import { containerFacts } from "../fakes/facts.ts";

test("an old container that cannot be brought back is told beside what the new one failed of", async () => {
  const runCommand = words("docker", "container", "run", "web");
  const said: Readonly<Record<string, string>> = {
    [render(runCommand)]: "Error response from daemon: port is already allocated",
    [render(docker.rename("web.pictl-replaced", "web"))]: "Error response from daemon: no such container",
  };
  const connection = {
    node: "n1",
    privilege: () => Promise.resolve({ root: true, docker: true, sudo: false }),
    run: (command: Command): Promise<Outcome> => {
      const rest = { stdout: "", stderr: said[render(command)] ?? "", truncated: false, durationMs: 1 };
      return Promise.resolve(
        rest.stderr === "" ? { ...rest, status: "ok", code: 0 } : { ...rest, status: "failed", code: 1 },
      );
    },
  } as unknown as Connection;
  const replacing = putInPlace({ signal: new AbortController().signal } as unknown as Ports, {
    connection,
    engine: { containers: () => Promise.resolve([]) } as unknown as Engine,
    placement: placement("web", "n1"),
    runCommand,
    environment: [],
    watchMs: 0,
    removesFailed: false,
    old: containerFacts(),
    retired: undefined,
    graceSeconds: 1,
  });
  await expect(replacing).rejects.toMatchObject({
    code: "docker-failed",
    message:
      "Could not create web: port is already allocated. The old container is not back: " +
      "Could not bring the old web back: no such container.",
    hint: "When that is put right, create it again.",
  });
});
