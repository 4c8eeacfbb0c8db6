import { wireStrings } from "../../../domain/ssh/auth/wire.ts";
import type Ssh2 from "ssh2";
import type { AnyAuthMethod, Client, ParsedKey } from "ssh2";

/** A public key or certificate that ssh2 does not know, and how to sign for it. */
export interface RawKey {
  readonly blob: Buffer;
  /** Under which it is offered. */
  readonly algorithm: string;
  /** A whole signature blob: its algorithm, the signature, and whatever else belongs to it. */
  readonly sign: (data: Buffer) => Promise<Buffer>;
}

/** Keys that we made out of one that ssh2 knows, so that it hands them to `authPK` unread. */
const rawKeys = new WeakMap<ParsedKey, RawKey>();

/** `model`: any key that ssh2 has parsed. */
export function rawAttempt({ BaseAgent }: typeof Ssh2, model: ParsedKey, raw: RawKey, username: string): AnyAuthMethod {
  const key = Object.create(model, { type: { value: raw.algorithm }, comment: { value: "" } }) as ParsedKey;
  rawKeys.set(key, raw);
  class RawAgent extends BaseAgent {
    getIdentities(done: (error: Error | undefined, keys?: ParsedKey[]) => void): void {
      done(undefined, [key]);
    }
    sign(...words: readonly unknown[]): void {
      const [, data] = words as [unknown, Buffer];
      const done = words.at(-1) as (error?: Error | null, signature?: Buffer) => void;
      raw.sign(data).then(
        (signature) => {
          done(null, signature);
        },
        (error: unknown) => {
          done(error as Error);
        },
      );
    }
  }
  return { type: "agent", username, agent: new RawAgent() };
}

/** ssh2's inside, as of 1.17. */
interface Internals {
  readonly _protocol: {
    authPK(username: string, key: unknown, ...rest: unknown[]): void;
    readonly _kex: { readonly sessionID: Buffer };
    readonly _authsQueue: string[];
    readonly _packetRW: {
      readonly write: { readonly allocStart: number; alloc(length: number): Buffer; finalize(packet: Buffer): Buffer };
    };
    readonly _cipher: { encrypt(packet: Buffer): void };
  };
}

const userauthRequest = 50;

/**
 * Has the client offer raw keys (RFC 4252, section 7): ssh2 writes one name for the key and for its signature, which
 * differ where it is a certificate, and leaves no room for what a FIDO device signs. To be called when the client has
 * begun to connect.
 */
export function offerRawKeys(client: Client): void {
  const { _protocol: protocol } = client as unknown as Internals;
  const authPK = protocol.authPK.bind(protocol);
  protocol.authPK = (username, key, ...rest) => {
    const raw = typeof key === "object" && key !== null ? rawKeys.get(key as ParsedKey) : undefined;
    if (raw === undefined) {
      authPK(username, key, ...rest);
      return;
    }
    const send = (payload: Buffer): void => {
      const { write } = protocol._packetRW;
      const packet = write.alloc(payload.length);
      packet.set(payload, write.allocStart);
      protocol._authsQueue.push("publickey");
      protocol._cipher.encrypt(write.finalize(packet));
    };
    const request = (signed: boolean): Buffer =>
      Buffer.concat([
        Buffer.from([userauthRequest]),
        wireStrings(username, "ssh-connection", "publickey"),
        Buffer.from([signed ? 1 : 0]),
        wireStrings(raw.algorithm, raw.blob),
      ]);
    const sign = rest.find((each) => typeof each === "function") as
      | ((data: Buffer, done: (signature: Buffer) => void) => void)
      | undefined;
    if (sign === undefined) {
      send(request(false));
      return;
    }
    sign(Buffer.concat([wireStrings(protocol._kex.sessionID), request(true)]), (signature) => {
      send(Buffer.concat([request(true), wireStrings(signature)]));
    });
  };
}
