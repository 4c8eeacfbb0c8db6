import { type ErrorCode, PictlError } from "../domain/errors.ts";

/** An answer that HTTP has a status of its own for. */
export class RequestRefused extends PictlError {
  readonly status: 400 | 401 | 403 | 404 | 405 | 408 | 413 | 415 | 421 | 429 | 503;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: RequestRefused["status"],
    code: ErrorCode,
    message: string,
    more: { readonly hint?: string; readonly headers?: Readonly<Record<string, string>> } = {},
  ) {
    super(code, message, { hint: more.hint });
    this.status = status;
    this.headers = more.headers ?? {};
  }
}
