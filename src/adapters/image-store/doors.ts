import type { Connection, Door, DoorPurpose, RemoteListener } from "../../app/ports.ts";
import { type ErrorCode, PictlError } from "../../domain/errors.ts";
import type { Blobs } from "./blobs.ts";
import { Registry } from "./registry.ts";
import { Room } from "./room.ts";

interface Listening {
  readonly listener: Promise<RemoteListener | undefined>;
  users: number;
}

/** `ImageStore.openDoor`: one port a node while there are doors, one room in the registry for each. */
export function openDoors(
  blobs: Blobs,
  port: number,
): (connection: Connection, purpose: DoorPurpose, signal: AbortSignal) => Promise<Door | undefined> {
  const registry = new Registry();
  const open = new WeakMap<Connection, Listening>();
  /** sshd said no: it says the same again, as long as the connection lasts. */
  const closed = new WeakSet<Connection>();

  const enter = (connection: Connection, signal: AbortSignal): Listening => {
    const listening = open.get(connection) ?? { listener: listen(connection, { port, registry, signal }), users: 0 };
    open.set(connection, listening);
    listening.users += 1;
    return listening;
  };
  const leave = async (connection: Connection, listening: Listening): Promise<void> => {
    listening.users -= 1;
    if (listening.users > 0) return;
    if (open.get(connection) === listening) open.delete(connection);
    await (await listening.listener.catch(() => undefined))?.close();
  };

  return async (connection, purpose, signal) => {
    if (closed.has(connection)) return undefined;
    const listening = enter(connection, signal);
    const listener = await listening.listener.catch(async (error: unknown) => {
      await leave(connection, listening);
      throw error;
    });
    if (!listener) {
      closed.add(connection);
      await leave(connection, listening);
      return undefined;
    }
    const room = new Room(blobs, purpose);
    const name = registry.add(room);
    return {
      name: `127.0.0.1:${String(listener.port)}/${name}`,
      bytes: () => room.bytes,
      taken: () => room.taken(),
      close: async () => {
        registry.remove(name);
        await room.close();
        await leave(connection, listening);
      },
    };
  };
}

/** Undefined where sshd forwards no ports. */
async function listen(
  connection: Connection,
  { port, registry, signal }: { readonly port: number; readonly registry: Registry; readonly signal: AbortSignal },
): Promise<RemoteListener | undefined> {
  const onStream = (stream: Parameters<Registry["accept"]>[0]): void => {
    registry.accept(stream);
  };
  for (const each of [port, 0]) {
    try {
      return await connection.listen(each, onStream, signal);
    } catch (error) {
      // It is taken, or no port is forwarded at all: sshd says the same of both.
      if (!(error instanceof PictlError) || final.has(error.code)) throw error;
    }
  }
  return undefined;
}

const final: ReadonlySet<ErrorCode> = new Set<ErrorCode>(["connection-lost", "interrupted", "timeout"]);
