/** What the tests of the SSH adapter share. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { openScripts } from "../../src/adapters/scripts/index.ts";
import { openNodes, type NodesOptions } from "../../src/adapters/ssh/index.ts";
import type { Outcome } from "../../src/app/ports.ts";
import type { NodeSpec, SshSettings } from "../../src/domain/config/types.ts";
import { PictlError, type ErrorCode } from "../../src/domain/errors.ts";
import type { Sshd } from "./sshd.ts";

export type SshNodes = ReturnType<typeof openNodes>;

/** Nodes that are closed when the test is over, and the warnings they gave. */
export function openTestNodes(options: Partial<NodesOptions> = {}): SshNodes & { readonly warnings: string[] } {
  const warnings: string[] = [];
  const nodes = openNodes({
    warn: (message) => warnings.push(message),
    // Not this machine's settings, nor its agent.
    env: {},
    sshConfigFile: "/dev/null",
    guard: { script: () => openScripts().read("guard.sh"), cluster: "test" },
    ...options,
  });
  onTestFinished(() => nodes.close());
  return {
    hostKeys: nodes.hostKeys,
    warnings,
    connect: (node, signal) => nodes.connect(node, signal),
    discard: (node) => {
      nodes.discard(node);
    },
    use: () => nodes.use(),
    close: () => nodes.close(),
  };
}

/** Starts something that is stopped when the test is over. */
export async function started<T extends { stop(): Promise<void> }>(starting: Promise<T>): Promise<T> {
  const thing = await starting;
  onTestFinished(() => thing.stop());
  return thing;
}

/** A node that reaches an sshd through a proxy, under the sshd's own host key. */
export async function throughProxy(sshd: Sshd, port: number, ssh: SshSettings = {}): Promise<NodeSpec> {
  const knownHostsFile = join(sshd.dir, `known_hosts_${port}`);
  await writeFile(knownHostsFile, (await readFile(sshd.knownHosts, "utf8")).replaceAll(`:${sshd.port}`, `:${port}`));
  return sshd.node("n1", { port, knownHostsFile, ...ssh });
}

/** The PictlError something rejects with; fails when it does not, or with another code. */
export async function rejection(promise: Promise<unknown>, code: ErrorCode): Promise<PictlError> {
  const settled = await promise.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  if (!("error" in settled)) throw new Error(`expected ${code}, got ${JSON.stringify(settled.value)}`);
  if (!(settled.error instanceof PictlError) || settled.error.code !== code) throw settled.error;
  return settled.error;
}

/** The stdout of a command that must succeed. */
export async function stdoutOf(running: Promise<Outcome>): Promise<string> {
  const outcome = await running;
  if (outcome.status !== "ok") throw new Error(JSON.stringify(outcome));
  return outcome.stdout;
}
