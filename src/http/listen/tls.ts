/** A certificate that may be renewed while it is used. */
export interface Certificate {
  readonly credentials: () => Credentials;
  /** Calls the listener with each later one; returns what ends that. */
  readonly follow: (listener: (credentials: Credentials) => void) => () => void;
}

export interface Credentials {
  /** PEM. */
  readonly cert: string;
  readonly key: string;
}
