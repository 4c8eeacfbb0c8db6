import type { ConfigPath } from "../document/path.ts";
import { Findings, type Finding } from "../findings/problem.ts";
import { isSecretPath } from "./redact.ts";
import { quote } from "../../shell.ts";

/** Warnings about secrets: written in plain in a file that others may read, or from a variable that is not set. */
export function secretFindings(
  document: unknown,
  { path: file, mode, env }: { path: string; mode: number; env: Readonly<Record<string, string | undefined>> },
): readonly Finding[] {
  const findings = new Findings();
  for (const { path, text } of secretsIn(document, [])) {
    const variable = text.startsWith("env:") ? text.slice("env:".length) : undefined;
    if (variable !== undefined) {
      if (env[variable] === undefined) findings.warning(path, `the environment variable ${variable} is not set`);
    } else if (!text.startsWith("file:") && (mode & 0o044) !== 0) {
      findings.warning(
        path,
        `a secret in a file that others may read: run \`chmod 600 ${quote(file)}\`, or use env:NAME or file:PATH`,
      );
    }
  }
  return findings.all;
}

function secretsIn(value: unknown, path: ConfigPath): { path: ConfigPath; text: string }[] {
  if (typeof value === "object" && value !== null) {
    return Object.entries(value).flatMap(([key, item]) =>
      secretsIn(item, [...path, Array.isArray(value) ? Number(key) : key]),
    );
  }
  const written = typeof value === "string" || typeof value === "number";
  return written && isSecretPath(path) ? [{ path, text: String(value) }] : [];
}
