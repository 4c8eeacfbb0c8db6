import type { Client } from "ssh2";

interface Internals {
  readonly _protocol: {
    /** The key exchange that is going on; while there is one, packets wait. */
    _kexinit: Buffer | undefined;
    /** `allocStart`: 0 from the beginning of a key exchange until the new keys are used. */
    readonly _packetRW: { readonly write: { readonly allocStart: number } };
  };
}

/**
 * Has packets wait for the new keys when sshd renews them (`RekeyLimit`). ssh2 forgets too early that it does, and what is
 * sent between that and the server's last word goes out without a header, whereupon sshd ends the connection. To be
 * called when the client has begun to connect.
 */
export function waitForNewKeys(client: Client): void {
  const { _protocol: protocol } = client as unknown as Internals;
  let exchange = protocol._kexinit;
  let last = exchange;
  Object.defineProperty(protocol, "_kexinit", {
    get: () => exchange ?? (protocol._packetRW.write.allocStart === 0 ? last : undefined),
    set: (value: Buffer | undefined) => {
      exchange = value;
      last = value ?? last;
    },
  });
}
