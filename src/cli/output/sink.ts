/** Writes to a stream in order; the promise is pending while the reader is behind. */
export type Sink = (data: string | Uint8Array) => void | Promise<void>;

/** However many wait, the stream has one listener. */
export function sinkOf(stream: NodeJS.WritableStream): Sink {
  let drained: Promise<void> | undefined;
  return (data) => {
    if (stream.write(data)) return;
    drained ??= new Promise((resolve) => {
      stream.once("drain", () => {
        drained = undefined;
        resolve();
      });
    });
    return drained;
  };
}
