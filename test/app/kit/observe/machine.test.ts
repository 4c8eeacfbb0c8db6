import { expect, test } from "vitest";
import { machineOf } from "../../../../src/app/kit/observe/machine.ts";
import type { Connection, Engine } from "../../../../src/app/ports.ts";

function machine(engine: string, bootId: string): Promise<string> {
  const connection = { clock: () => Promise.resolve({ bootId, uptimeMs: 1, at: 1 }) } as unknown as Connection;
  const info = { info: () => Promise.resolve({ id: engine, architecture: "aarch64" }) } as unknown as Engine;
  return machineOf(connection, info).then(({ id }) => id);
}

test("nodes made from one SD card have one engine id, and are two machines; one with two engines has two Dockers", async () => {
  const [node, twin, alias, second] = await Promise.all([
    machine("cloned", "boot-1"),
    machine("cloned", "boot-2"),
    machine("cloned", "boot-1"),
    machine("other", "boot-1"),
  ]);
  expect(alias).toBe(node);
  expect(new Set([node, twin, second]).size).toBe(3);
});
