/** Which names more than one file exports. */
import { readFileSync } from "node:fs";
import ts from "typescript";

/** Each name that two or more of `files` export from a declaration of their own, with those files; the most frequent first. */
export function namesDeclaredTwice(files: readonly string[]): [name: string, files: string[]][] {
  const byName = new Map<string, string[]>();
  for (const file of files)
    for (const name of exportedNames(file)) byName.set(name, [...(byName.get(name) ?? []), file]);
  return [...byName].filter(([, where]) => where.length > 1).sort((a, b) => b[1].length - a[1].length);
}

function exportedNames(file: string): Set<string> {
  const source = ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.Latest);
  return new Set(source.statements.filter(isExported).flatMap(namesOf));
}

function isExported(statement: ts.Statement): boolean {
  const modifiers = ts.canHaveModifiers(statement) ? (ts.getModifiers(statement) ?? []) : [];
  const kinds = modifiers.map(({ kind }) => kind);
  return kinds.includes(ts.SyntaxKind.ExportKeyword) && !kinds.includes(ts.SyntaxKind.DefaultKeyword);
}

function namesOf(statement: ts.Statement): string[] {
  if (ts.isVariableStatement(statement))
    return statement.declarationList.declarations.flatMap(({ name }) => (ts.isIdentifier(name) ? [name.text] : []));
  const { name } = statement as ts.DeclarationStatement;
  return name && ts.isIdentifier(name) ? [name.text] : [];
}
