import { once } from "node:events";
import { type Header, pack as createPack } from "tar-stream";

const tarBlockBytes = 512;

/** What ends an archive. */
export const tarEnd: Uint8Array = Buffer.alloc(2 * tarBlockBytes);

/** The header blocks of a file, with a pax header where a name needs one. A pack has them ready before it is given any data. */
export async function tarHeader(header: Pick<Header, "name"> & Partial<Header>): Promise<Buffer> {
  const pack = createPack();
  pack.entry(header);
  await once(pack, "readable");
  const blocks: Buffer[] = [];
  for (let block = pack.read() as Buffer | null; block !== null; block = pack.read() as Buffer | null)
    blocks.push(block);
  return Buffer.concat(blocks);
}

/** What fills a file's last block. */
export function tarPadding(bytes: number): Uint8Array {
  const over = bytes % tarBlockBytes;
  return Buffer.alloc(over === 0 ? 0 : tarBlockBytes - over);
}
