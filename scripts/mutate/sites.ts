/** What can be changed in a source so that a test should notice: places, and what stands there instead. */
import ts from "typescript";

/** One change of one source. */
export interface Mutant {
  /** `FILE:N`, the same for the same text of the file. */
  readonly id: string;
  readonly file: string;
  /** Of the changed expression, from 1. */
  readonly line: number;
  /** Runs when the module is loaded, not when a function of it is called. */
  readonly atLoad: boolean;
  readonly start: number;
  readonly end: number;
  readonly was: string;
  readonly becomes: string;
  /** Whether a whole statement is left out. */
  readonly statement: boolean;
}

const swapped: Readonly<Partial<Record<ts.SyntaxKind, string>>> = {
  [ts.SyntaxKind.AmpersandAmpersandToken]: "||",
  [ts.SyntaxKind.BarBarToken]: "&&",
  [ts.SyntaxKind.EqualsEqualsEqualsToken]: "!==",
  [ts.SyntaxKind.ExclamationEqualsEqualsToken]: "===",
  [ts.SyntaxKind.LessThanToken]: ">=",
  [ts.SyntaxKind.LessThanEqualsToken]: ">",
  [ts.SyntaxKind.GreaterThanToken]: "<=",
  [ts.SyntaxKind.GreaterThanEqualsToken]: "<",
  [ts.SyntaxKind.MinusToken]: "+",
  [ts.SyntaxKind.AsteriskToken]: "/",
  [ts.SyntaxKind.SlashToken]: "*",
};
const methods = new Map([
  ["some", "every"],
  ["every", "some"],
  ["min", "max"],
  ["max", "min"],
]);
/** Calls that may be left out of a chain. */
const dropped = new Set(["filter", "sort", "toSorted", "slice", "trim", "toReversed"]);

/** All mutants of a source, in the order in which they stand there. */
export function mutantsOf(file: string, text: string): Mutant[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const found: Mutant[] = [];
  ts.forEachChild(source, (child) => {
    visit(child, true);
  });
  return found;

  function visit(node: ts.Node, atLoad: boolean): void {
    if (ts.isTypeNode(node) || ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node)) return;
    for (const becomes of changesOf(node)) add(node, becomes, atLoad);
    const inside = atLoad && !ts.isFunctionLike(node);
    ts.forEachChild(node, (child) => {
      visit(child, inside);
    });
  }

  function add(node: ts.Node, becomes: string, atLoad: boolean): void {
    const start = node.getStart(source);
    found.push({
      id: `${file}:${String(found.length)}`,
      file,
      line: source.getLineAndCharacterOfPosition(start).line + 1,
      atLoad,
      start,
      end: node.end,
      was: node.getText(source),
      becomes,
      statement: ts.isExpressionStatement(node),
    });
  }

  function changesOf(node: ts.Node): string[] {
    // All of `domain/safety.ts` is true in what is built.
    if (isCondition(node)) return node.getText(source).startsWith("safety") ? ["false"] : ["true", "false"];
    if (ts.isBinaryExpression(node)) {
      const other = swapped[node.operatorToken.kind];
      // `a || b || c` becomes `(a || b) && c`: without them it would be another one of them that is swapped.
      return other === undefined ? [] : [`(${node.left.getText(source)}) ${other} (${node.right.getText(source)})`];
    }
    if (ts.isPrefixUnaryExpression(node) && node.operator === ts.SyntaxKind.ExclamationToken)
      return [node.operand.getText(source)];
    if (node.kind === ts.SyntaxKind.TrueKeyword) return ["false"];
    if (node.kind === ts.SyntaxKind.FalseKeyword) return ["true"];
    if (ts.isExpressionStatement(node)) return isCall(node.expression) ? [""] : [];
    return ts.isCallExpression(node) ? changesOfCall(node) : [];
  }

  function changesOfCall(node: ts.CallExpression): string[] {
    const { expression } = node;
    if (!ts.isPropertyAccessExpression(expression) || ts.isOptionalChain(node)) return [];
    const name = expression.name.text;
    const object = expression.expression.getText(source);
    if (dropped.has(name)) return [object];
    const other = methods.get(name);
    const args = node.arguments.map((each) => each.getText(source)).join(", ");
    return other === undefined ? [] : [`${object}.${other}(${args})`];
  }
}

/** A condition that is no comparison, which has mutants of its own. */
function isCondition(node: ts.Node): boolean {
  const { parent } = node;
  const tested =
    (ts.isIfStatement(parent) && parent.expression === node) ||
    (ts.isConditionalExpression(parent) && parent.condition === node);
  return tested && !ts.isBinaryExpression(node) && !ts.isPrefixUnaryExpression(node);
}

function isCall(node: ts.Expression): boolean {
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.SuperKeyword) return false;
  if (ts.isAwaitExpression(node) || ts.isVoidExpression(node)) return isCall(node.expression);
  return ts.isCallExpression(node);
}
