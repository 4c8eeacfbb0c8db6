import { expect, test } from "vitest";
import type { Connection, Engine, Outcome, Ports } from "../../src/app/ports.ts";
import { putInPlace } from "../../src/app/run-container.ts";
import * as docker from "../../src/domain/docker/commands.ts";
import type { ContainerFacts } from "../../src/domain/docker/facts.ts";
import { labels } from "../../src/domain/docker/labels.ts";
import { type Command, render, words } from "../../src/domain/shell.ts";
import { placement } from "../fakes/config.ts";
import { containerFacts } from "../fakes/facts.ts";

const runCommand = words("docker", "container", "run", "web");
const refused = { [render(runCommand)]: "Error response from daemon: port is already allocated" };

/** Puts a container of generation 7 in place. `said`: the errors of the commands that fail; `there`: what is on the node then. */
function placing({
  said,
  there = [],
  old,
}: {
  readonly said: Readonly<Record<string, string>>;
  readonly there?: readonly ContainerFacts[];
  readonly old?: ContainerFacts;
}): { readonly ended: Promise<void>; readonly commands: readonly string[] } {
  const commands: string[] = [];
  const connection = {
    node: "n1",
    privilege: () => Promise.resolve({ root: true, docker: true, sudo: false }),
    run: (command: Command): Promise<Outcome> => {
      commands.push(render(command));
      const rest = { stdout: "", stderr: said[render(command)] ?? "", truncated: false, durationMs: 1 };
      return Promise.resolve(
        rest.stderr === "" ? { ...rest, status: "ok", code: 0 } : { ...rest, status: "failed", code: 1 },
      );
    },
  } as unknown as Connection;
  const ended = putInPlace({ signal: new AbortController().signal } as unknown as Ports, {
    connection,
    engine: { containers: () => Promise.resolve(there) } as unknown as Engine,
    placement: placement("web", "n1"),
    runCommand,
    generation: 7,
    environment: [],
    watchMs: 0,
    removesFailed: false,
    old,
    retired: undefined,
    graceSeconds: 1,
  });
  return { ended, commands };
}

test("an old container that cannot be brought back is told beside what the new one failed of", async () => {
  const back = render(docker.rename("web.pictl-replaced", "web"));
  const said = { ...refused, [back]: "Error response from daemon: no such container" };
  await expect(placing({ said, old: containerFacts() }).ended).rejects.toMatchObject({
    code: "docker-failed",
    message:
      "Could not create web: port is already allocated. The old container is not back: " +
      "Could not bring the old web back: no such container.",
    hint: "When that is put right, create it again.",
  });
});

test.each([
  ["what could not be started is removed", "7", ["c0ffee"]],
  ["what somebody else has made there meanwhile stays", undefined, []],
  ["what another pictl has made there meanwhile stays", "8", []],
] as const)("%s", async (_, generation, removed) => {
  const mark = generation === undefined ? {} : { [labels.generation]: generation };
  const there = [containerFacts({ state: "created", labels: mark })];
  const { ended, commands } = placing({ said: refused, there });
  await expect(ended).rejects.toMatchObject({ code: "docker-failed" });
  expect(commands.slice(1)).toEqual(removed.map((id) => render(docker.remove(id))));
});
