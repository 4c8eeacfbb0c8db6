import { mkdir, readFile, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import writeFileAtomic from "write-file-atomic";
import type { StateFile, VipOrders, VipWish } from "../../app/ports.ts";
import { PictlError } from "../../domain/errors.ts";

/**
 * One JSON file of the state folder, replaced atomically. Only a `durable` one is fsynced: elsewhere losing the last
 * seconds to a power cut costs a count, and an SD card does not like a write every few seconds. What has not changed is
 * not written.
 */
export function openStateFile<T>(path: string, { durable = false }: { readonly durable?: boolean } = {}): StateFile<T> {
  let written = "";
  return {
    async read() {
      try {
        return JSON.parse(await readFile(path, "utf8")) as T;
      } catch (error) {
        if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
        throw error;
      }
    },
    async write(value) {
      const text = `${JSON.stringify(value)}\n`;
      if (text === written) return;
      try {
        await mkdir(dirname(path), { recursive: true, mode: 0o700 });
        await writeFileAtomic(path, text, { mode: 0o600, fsync: durable });
        written = text;
      } catch (error) {
        throw new PictlError("state-write-failed", `${path} cannot be written: ${(error as Error).message}.`, {
          hint: "Make room there, or set `state_dir` in the config to a folder that this user may write.",
          cause: error,
        });
      }
    },
  };
}

/** One file an address, which whoever takes the order removes. */
export function openVipOrders(stateDir: string, cluster: string): VipOrders {
  const pathOf = (ip: string): string => join(stateDir, `vip-${cluster}-${ip}.order.json`);
  return {
    leave: (ip, order) => openStateFile<VipWish>(pathOf(ip)).write(order),
    async take(ip) {
      const order = await openStateFile<VipWish>(pathOf(ip)).read();
      if (order !== undefined) await rm(pathOf(ip), { force: true });
      return order;
    },
  };
}
