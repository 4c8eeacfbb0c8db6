import { labDown, type LabStatus, labUp } from "../../src/lab/index.ts";

const quiet = { step: () => ({ update() {}, done() {}, fail() {} }), warn: () => undefined };
const ports = { progress: quiet, signal: new AbortController().signal };

/** Runs `work` on a lab of its own, which is taken down whatever becomes of it. */
export async function onLab<T>(
  options: { readonly name: string; readonly nodes: number; readonly docker: boolean },
  work: (lab: LabStatus) => Promise<T>,
): Promise<T> {
  const lab = await labUp({ ...options, install: true }, ports);
  try {
    return await work(lab);
  } finally {
    await labDown({ name: options.name }, ports);
  }
}
