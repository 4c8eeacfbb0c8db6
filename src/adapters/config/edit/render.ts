import { resolvePlain } from "../scalar.ts";

/** How new text is written, so that it looks like what is around it. */
export interface DocumentStyle {
  /** The document is strict JSON and must stay so. */
  readonly json: boolean;
  /** Between a key and its value in flow style: `: `, `:`. */
  readonly colon: string;
  /** Between two entries on one line in flow style: `, `, `,`. */
  readonly comma: string;
  /**
   * Flow style may go over several lines anywhere: the document is of several lines and has no block style, in which
   * a bracket further to the left than its key would be an error.
   */
  readonly breakable: boolean;
  readonly keyQuotes: Quotes;
  readonly valueQuotes: Quotes;
  /** One level of indentation. */
  readonly unit: string;
  /** A list in block style stands this much to the right of its key. */
  readonly listShift: string;
  readonly eol: string;
}

export type Quotes = "none" | "single" | "double";

type Flat = string | number | boolean | null;

/** A value on one line, in flow style. */
export function renderInline(value: unknown, style: DocumentStyle): string {
  const entries = entriesOf(value);
  if (entries === undefined) return renderScalar(value as Flat, style.valueQuotes, style.json, true);
  const parts = entries.map(([key, item]) =>
    key === undefined ? renderInline(item, style) : renderFlowEntry(key, renderInline(item, style), style),
  );
  return bracket(value, parts.join(style.comma));
}

/** A value in flow style with one entry a line, closing at `indent`; inner collections stay on one line if short. */
export function renderBroken(value: unknown, indent: string, style: DocumentStyle): string {
  const entries = entriesOf(value);
  if (entries === undefined || entries.length === 0) return renderInline(value, style);
  const inner = indent + style.unit;
  const parts = entries.map(([key, item]) => {
    const text = renderFitting(item, inner, style);
    return inner + (key === undefined ? text : renderFlowEntry(key, text, style));
  });
  return bracket(value, style.eol + parts.join(`,${style.eol}`) + style.eol + indent);
}

/** On one line when that is short enough to read, else broken. */
export function renderFitting(value: unknown, indent: string, style: DocumentStyle): string {
  const inline = renderInline(value, style);
  return inline.length + indent.length <= 100 ? inline : renderBroken(value, indent, style);
}

export function renderFlowEntry(key: string, value: string, style: DocumentStyle): string {
  const text = renderScalar(key, style.keyQuotes, style.json, true);
  const colon = /["']$/.test(text) || /\s$/.test(style.colon) ? style.colon : ": ";
  return text + colon + value;
}

/** What follows `key:` in block style, whose key stands at `indent`. */
export function renderBlockValue(value: unknown, indent: string, style: DocumentStyle): string {
  const entries = entriesOf(value);
  if (entries === undefined) return ` ${renderScalar(value as Flat, style.valueQuotes, style.json, false)}`;
  if (entries.length === 0) return ` ${renderInline(value, style)}`;
  const inner = indent + (Array.isArray(value) ? style.listShift : style.unit);
  return style.eol + inner + renderBlockLines(value, inner, style);
}

/** A value in block style at `indent`, its first line without indentation. */
export function renderBlockLines(value: unknown, indent: string, style: DocumentStyle): string {
  const entries = entriesOf(value);
  if (entries === undefined) return renderScalar(value as Flat, style.valueQuotes, style.json, false);
  if (entries.length === 0) return renderInline(value, style);
  return entries
    .map(([key, item]) =>
      key === undefined
        ? `- ${renderBlockLines(item, `${indent}  `, style)}`
        : `${renderScalar(key, style.keyQuotes, style.json, false)}:${renderBlockValue(item, indent, style)}`,
    )
    .join(style.eol + indent);
}

/** A scalar or a key; quotes other than those asked for are used where the text needs them. */
export function renderScalar(value: Flat, quotes: Quotes, json: boolean, flow: boolean): string {
  if (typeof value !== "string") return JSON.stringify(value);
  if (!json && quotes === "none" && isPlain(value, flow)) return value;
  if (!json && quotes === "single" && /^[ -~]*$/.test(value)) return `'${value.replaceAll("'", "''")}'`;
  return doubleQuoted(value);
}

function entriesOf(value: unknown): [string | undefined, unknown][] | undefined {
  if (Array.isArray(value)) return value.map((item) => [undefined, item]);
  return typeof value === "object" && value !== null ? Object.entries(value) : undefined;
}

function bracket(value: unknown, inner: string): string {
  return Array.isArray(value) ? `[${inner}]` : `{${inner}}`;
}

/** JSON's escapes, and those for what YAML does not allow as it is. */
function doubleQuoted(text: string): string {
  return JSON.stringify(text).replace(
    /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** Whether text needs no quotes, for YAML 1.1 readers too (where `no` is false and `1:30` a number). Errs to false. */
function isPlain(text: string, flow: boolean): boolean {
  if (!/^(?:[A-Za-z0-9_./(+]|-[A-Za-z0-9-])[ -~]*$/.test(text)) return false;
  if (/: | #|[ :]$|^(?:---|\.\.\.)/.test(text) || (flow && /[,[\]{}]/.test(text))) return false;
  if (/^(?:y|n|yes|no|on|off|true|false|null)$/i.test(text)) return false;
  if (/^[-+.]?[0-9][0-9_:.-]*$/.test(text)) return /^\d+\.\d+\.\d+\.\d+$/.test(text);
  return typeof resolvePlain(text) === "string" && Number.isNaN(Number(text)) && !/^\.(?:inf|nan)$/i.test(text);
}
