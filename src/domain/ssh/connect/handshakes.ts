/** Where each SSH handshake of this process is told, on a `node:diagnostics_channel` of this name. */
export const handshakeChannel = "pictl.ssh.handshake";

/** One attempt, also one that is tried again. */
export interface HandshakeResult {
  /** On the way to which node. */
  readonly node: string;
  readonly ok: boolean;
}
