import type * as z from "zod/mini";
import { findNode, type SourceNode } from "../../domain/config/document/document.ts";
import type { ConfigPath } from "../../domain/config/document/path.ts";
import { Findings, maxProblems, type Finding } from "../../domain/config/findings/problem.ts";
import type { RawConfig } from "../../domain/config/raw.ts";
import { isSecretPath, withoutPasswords } from "../../domain/config/secrets/redact.ts";
import { salvage } from "./salvage.ts";
import { configSchema } from "./schema/index.ts";

export interface DocumentShape {
  readonly findings: readonly Finding[];
  /** The document, less what has the wrong shape; undefined when too little is left. */
  readonly raw: RawConfig | undefined;
  /** Translates a finding about `raw` into one about the document. */
  original(finding: Finding): Finding | undefined;
}

/** Checks the shape of a document, everything at once; `document` is the value of `root`. */
export function checkShape(root: SourceNode, document: unknown): DocumentShape {
  const value = withoutExtensions(document);
  const result = configSchema.safeParse(value);
  if (result.success) return { findings: [], raw: result.data, original: (finding) => finding };
  const findings = new Findings();
  for (const issue of result.error.issues) {
    report(issue, [], root, findings);
    if (findings.full) return { findings: findings.all, raw: undefined, original: (finding) => finding };
  }
  const rest = salvage(
    value,
    findings.all.map(({ path }) => path),
  );
  const second = rest === undefined ? undefined : configSchema.safeParse(rest.value);
  return { findings: findings.all, raw: second?.data, original: (finding) => rest?.original(finding) };
}

/** Sections of the user's own, where anchors can stand, as in a compose file. */
const extensionKey = /^x-/;

function withoutExtensions(document: unknown): unknown {
  if (typeof document !== "object" || document === null || Array.isArray(document)) return document;
  return Object.fromEntries(Object.entries(document).filter(([key]) => !extensionKey.test(key)));
}

function report(issue: z.core.$ZodIssue, base: ConfigPath, root: SourceNode, findings: Findings): void {
  const path = [...base, ...issue.path.map((part) => (typeof part === "symbol" ? String(part) : part))];
  if (issue.code === "unrecognized_keys") {
    const messages = issue.message.split("\n");
    issue.keys.slice(0, maxProblems).forEach((key, index) => {
      findings.error([...path, key], messages[index] ?? issue.message, { atKey: true });
    });
    return;
  }
  const branch = issue.code === "invalid_union" ? meantBranch(issue) : undefined;
  if (branch !== undefined) {
    for (const inner of branch) report(inner, path, root, findings);
    return;
  }
  findings.error(path, `${found(root, path)}, expected ${issue.message}`);
}

/** The one alternative of a union whose type fits what was found, so that its own message is the useful one. */
function meantBranch(issue: z.core.$ZodIssueInvalidUnion): readonly z.core.$ZodIssue[] | undefined {
  const fitting = issue.errors.filter(fits);
  return fitting.length === 1 ? fitting[0] : undefined;
}

/** Whether something is wrong inside the value, rather than that it is another kind of value. */
function fits(issues: readonly z.core.$ZodIssue[]): boolean {
  return issues.some(
    (issue) =>
      issue.path.length > 0 ||
      issue.code === "unrecognized_keys" ||
      (issue.code === "invalid_union" && issue.errors.some(fits)),
  );
}

function found(root: SourceNode, path: ConfigPath): string {
  const node = findNode(root, path)?.node;
  if (node === undefined) return `${JSON.stringify(path.at(-1) ?? "")} is missing`;
  if (node.kind === "list") return "found a list";
  if (node.kind === "map") return "found an object";
  if (isSecretPath(path)) return `found ${node.value === null ? "null" : `a ${typeof node.value}`} that does not fit`;
  // Before it is cut: the end of a password may be what tells that it is one.
  const text = withoutPasswords(JSON.stringify(node.value));
  return `found ${text.length > 60 ? `${text.slice(0, 60)}…${text.startsWith('"') ? '"' : ""}` : text}`;
}
