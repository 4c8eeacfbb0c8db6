/** What `work` comes to, after `undo`, which follows also where `work` fails. */
export async function followedBy<T>(work: Promise<T>, undo: () => Promise<unknown>): Promise<T> {
  try {
    return await work;
  } finally {
    await undo();
  }
}
