/** Which names more than one file exports. */
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import ts from "typescript";

/**
 * Each name that two or more of `files` export from a declaration of their own, with those files; the most frequent first. What
 * is always read with the name of its module before it (`import * as docker`) is left out, and so are the console's
 * components that stand in for others until those are loaded.
 */
export function namesDeclaredTwice(files: readonly string[]): [name: string, files: string[]][] {
  const qualified = new Set(files.flatMap(namespacesOf));
  const byName = new Map<string, string[]>();
  for (const file of files.filter((each) => !qualified.has(each) && each !== "src/web/lazy.ts"))
    for (const name of exportedNames(file)) byName.set(name, [...(byName.get(name) ?? []), file]);
  return [...byName].filter(([, where]) => where.length > 1).sort((a, b) => b[1].length - a[1].length);
}

/** The files that one imports as a whole. */
function namespacesOf(file: string): string[] {
  const imports = readFileSync(file, "utf8").matchAll(/import \* as \w+ from "(\.[^"]+)"/g);
  return [...imports].map(([, specifier = ""]) => join(dirname(file), specifier));
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
