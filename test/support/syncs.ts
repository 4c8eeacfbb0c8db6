import { open, readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { vi } from "vitest";

/** What a file said at each fsync that some work makes: of what is durable its old text, and then, as its folder is synced, the new one. */
export async function syncsOf(path: string, work: () => Promise<unknown>): Promise<string[]> {
  const any = await open(dirname(path), "r");
  const prototype = Object.getPrototypeOf(any) as { sync(): Promise<void> };
  await any.close();
  const syncs: string[] = [];
  const spy = vi.spyOn(prototype, "sync").mockImplementation(async () => {
    syncs.push(await readFile(path, "utf8"));
  });
  try {
    await work();
  } finally {
    spy.mockRestore();
  }
  return syncs;
}
