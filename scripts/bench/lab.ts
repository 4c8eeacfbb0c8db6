import { setMaxListeners } from "node:events";
import { labDown, type LabStatus, labUp } from "../../src/lab/index.ts";

const quiet = { step: () => ({ update() {}, done() {}, fail() {} }), warn: () => undefined };
export const ports = { progress: quiet, signal: new AbortController().signal };
// Each node that comes up listens to it.
setMaxListeners(0, ports.signal);

/** Runs `work` on a lab of its own, which is taken down whatever becomes of it; also what a killed run left of it. */
export async function onLab<T>(
  options: { readonly name: string; readonly nodes: number; readonly docker: boolean },
  work: (lab: LabStatus) => Promise<T>,
): Promise<T> {
  await labDown({ name: options.name }, ports);
  const lab = await labUp({ ...options, install: true }, ports);
  try {
    return await work(lab);
  } finally {
    await labDown({ name: options.name }, ports);
  }
}
