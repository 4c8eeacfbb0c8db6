import { setMaxListeners } from "node:events";
import { labDown, type LabStatus, labUp } from "../../src/lab/index.ts";
import { pinned } from "./processor.ts";

const quiet = { step: () => ({ update() {}, done() {}, fail() {} }), warn: () => undefined };
export const ports = { progress: quiet, signal: new AbortController().signal };
// Each node that comes up listens to it.
setMaxListeners(0, ports.signal);

export interface LabOptions {
  readonly name: string;
  readonly nodes: number;
  readonly docker: boolean;
  /** All nodes run on this one; on any when left out. */
  readonly processor?: number;
}

/** Runs `work` on a lab of its own, which is taken down whatever becomes of it; also what a killed run left of it. */
export async function onLab<T>(
  { processor, ...options }: LabOptions,
  work: (lab: LabStatus) => Promise<T>,
): Promise<T> {
  await labDown({ name: options.name }, ports);
  const up = (): Promise<LabStatus> => labUp({ ...options, install: true }, ports);
  const lab = await (processor === undefined ? up() : pinned(processor, up));
  try {
    return await work(lab);
  } finally {
    await labDown({ name: options.name }, ports);
  }
}
