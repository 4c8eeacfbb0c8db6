/** How far `docker image pull` is, read from what it prints where there is no terminal. */
export interface PullState {
  /** By layer id: true when it is unpacked. */
  readonly layers: ReadonlyMap<string, boolean>;
  /** `sha256:…` of what was pulled, once docker says so. */
  readonly digest: string | undefined;
  /** The node had it already; undefined until docker says so. */
  readonly upToDate: boolean | undefined;
}

export const pullBegun: PullState = { layers: new Map(), digest: undefined, upToDate: undefined };

/** An image has at most 127 layers. */
const maxLayers = 1000;

/** The state after one more line; lines that say nothing of it leave it as it is. */
export function afterLine(state: PullState, line: string): PullState {
  const layer = /^([0-9a-f]{12}): (.+?)\s*$/.exec(line);
  if (layer) {
    const [, id = "", said = ""] = layer;
    const done = state.layers.get(id) === true || said === "Pull complete" || said === "Already exists";
    if (state.layers.get(id) === done || (!state.layers.has(id) && state.layers.size >= maxLayers)) return state;
    return { ...state, layers: new Map([...state.layers, [id, done]]) };
  }
  const digest = /^Digest: (sha\d+:[0-9a-f]+)\s*$/.exec(line)?.[1];
  if (digest !== undefined) return { ...state, digest };
  if (/^Status: Image is up to date for /.test(line)) return { ...state, upToDate: true };
  if (/^Status: Downloaded newer image for /.test(line)) return { ...state, upToDate: false };
  return state;
}

/** `3 of 7 layers`; empty before docker named one. */
export function pullProgress({ layers }: PullState): string {
  const done = [...layers.values()].filter(Boolean).length;
  return layers.size === 0 ? "" : `${String(done)} of ${String(layers.size)} layers`;
}
