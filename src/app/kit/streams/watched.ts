/**
 * Passes chunks on; when the source throws, `broken` is aborted with what it threw, so that whoever reads them on a node is ended
 * and does not take half of it for the whole.
 */
export function watched(source: AsyncIterable<Uint8Array>): { chunks: AsyncIterable<Uint8Array>; broken: AbortSignal } {
  const breaking = new AbortController();
  const chunks = async function* (): AsyncGenerator<Uint8Array> {
    try {
      yield* source;
    } catch (error) {
      breaking.abort(error);
      throw error;
    }
  };
  return { chunks: chunks(), broken: breaking.signal };
}
