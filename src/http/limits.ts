export type Limits = Readonly<
  Record<
    | "bodyBytes"
    | "headerBytes"
    | "headersMs"
    | "bodyMs"
    | "connections"
    | "sockets"
    | "messageBytes"
    | "stalledMs"
    | "closingMs"
    | "certificateMs",
    number
  >
>;

/** What one client, and all together, may take of this machine. */
export const limits: Limits = {
  bodyBytes: 1024 * 1024,
  headerBytes: 16 * 1024,
  /** Milliseconds until a request's headers, and all of its body, must be there. */
  headersMs: 10_000,
  bodyMs: 30_000,
  connections: 200,
  /** WebSockets of one session or token. */
  sockets: 20,
  /** A WebSocket message of a client. */
  messageBytes: 64 * 1024,
  /** How long a client may take nothing of what waits for it. */
  stalledMs: 30_000,
  /** From the wish to end until every connection is cut. */
  closingMs: 1000,
  /** How often the files of a certificate are looked at. */
  certificateMs: 5000,
};
