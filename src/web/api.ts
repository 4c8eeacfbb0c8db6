import type { Failure } from "../domain/errors.ts";

/** What every answer of the API is: the document that `--json` prints. */
export interface Answer<Result = Record<string, unknown>> {
  readonly ok: boolean;
  readonly exitCode: number;
  readonly result: Result | null;
  readonly failures: readonly Failure[];
  readonly status: number;
}

/** Called when the session has ended. */
let onLoggedOut: () => void = () => undefined;

export function whenLoggedOut(listener: () => void): void {
  onLoggedOut = listener;
}

/** Asks the API; `path` below `api/v1/`, relative, as the console may stand under a path of a proxy. Never rejects. */
export async function ask<Result = Record<string, unknown>>(
  method: string,
  path: string,
  body?: object,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer<Result>> {
  try {
    const response = await fetch(`api/v1/${path}`, {
      method,
      headers: { ...(body ? { "content-type": "application/json" } : {}), ...headers },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    if (response.status === 401 && !path.startsWith("session")) onLoggedOut();
    const document = (await response.json()) as Omit<Answer<Result>, "status">;
    return { ...document, status: response.status };
  } catch {
    const failure: Failure = {
      code: "internal",
      message: "The server does not answer.",
      hint: "Is pictl serve running?",
    };
    return { ok: false, exitCode: 1, result: null, failures: [failure], status: 0 };
  }
}
