/** A virtual IP that a node may have without an end, because a controller has left: only that node's answer frees it. */
export interface Frozen {
  readonly vip: string;
  readonly node: string;
}

export function withFrozen(frozen: readonly Frozen[], mark: Frozen): readonly Frozen[] {
  return [...withoutFrozen(frozen, mark), mark];
}

export function withoutFrozen(frozen: readonly Frozen[], { vip, node }: Frozen): readonly Frozen[] {
  return frozen.filter((each) => each.vip !== vip || each.node !== node);
}
