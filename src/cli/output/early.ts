/** Null: of this machine. */
type Where = string | null;

/** The rows of a result that is one list of them, each of a node. */
function rowsOf(result: object): readonly { readonly node: Where }[] {
  return Object.values(result).find((value) => Array.isArray(value)) as readonly { readonly node: Where }[];
}

/** The nodes that rows of the result are about. */
export function nodesIn(result: object): ReadonlySet<Where> {
  return new Set(rowsOf(result).map(({ node }) => node));
}

/** The result without the rows of these nodes; undefined when none is left. */
export function without<Result extends object>(result: Result, nodes: ReadonlySet<Where>): Result | undefined {
  const rows = rowsOf(result).filter(({ node }) => !nodes.has(node));
  const [name = ""] = Object.keys(result);
  return rows.length === 0 ? undefined : { ...result, [name]: rows };
}
