import { once } from "node:events";
import { createConnection, type Socket } from "node:net";
import { WireReader, wireStrings } from "../../../domain/ssh/auth/wire.ts";

/** A key that an agent holds, of whatever kind. */
export interface AgentKey {
  readonly blob: Buffer;
  readonly comment: string;
}

const requestIdentities = 11;
const identitiesAnswer = 12;
const signRequest = 13;
const signResponse = 14;
/** Ask for RSA signatures with SHA-512 (draft-miller-ssh-agent, 5.3). */
const rsaSha512 = 4;
/** OpenSSH's own limit for a message is 256 KiB. */
const maxAnswerBytes = 256 * 1024;

/**
 * An agent as the protocol has it (draft-miller-ssh-agent): ssh2's own client leaves out what it cannot verify, which
 * are certificates and FIDO keys. Both reject when the agent does not answer, or refuses.
 */
export async function agentKeys(socketPath: string): Promise<AgentKey[]> {
  const reader = new WireReader(await ask(socketPath, Buffer.from([requestIdentities]), identitiesAnswer));
  return Array.from({ length: Math.min(reader.uint32(), 10_000) }, () => ({
    blob: Buffer.from(reader.string()),
    comment: reader.text(),
  }));
}

/** A signature with its algorithm, and whatever a FIDO device adds: as a server takes it. A touch may be waited for. */
export async function agentSign(socketPath: string, blob: Uint8Array, data: Uint8Array): Promise<Buffer> {
  const flags = Buffer.alloc(4);
  flags.writeUInt32BE(rsaSha512);
  const message = Buffer.concat([Buffer.from([signRequest]), wireStrings(blob, data), flags]);
  return Buffer.from(new WireReader(await ask(socketPath, message, signResponse)).string());
}

/** The body of the answer, if it is of the type that is expected. */
async function ask(socketPath: string, message: Uint8Array, expected: number): Promise<Buffer> {
  const socket = createConnection(socketPath);
  try {
    await once(socket, "connect");
    socket.write(wireStrings(message));
    const answer = await readMessage(socket);
    if (answer[0] !== expected) throw new Error("the agent refused");
    return answer.subarray(1);
  } finally {
    socket.destroy();
  }
}

async function readMessage(socket: Socket): Promise<Buffer> {
  let received = Buffer.alloc(0);
  for await (const chunk of socket) {
    received = Buffer.concat([received, chunk as Buffer]);
    const length = received.length < 4 ? undefined : received.readUInt32BE(0);
    if (length !== undefined && length > maxAnswerBytes) throw new Error("the agent's answer is too long");
    if (length !== undefined && received.length >= 4 + length) return received.subarray(4, 4 + length);
  }
  throw new Error("the agent hung up");
}
