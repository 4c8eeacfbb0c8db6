import type { Failure } from "../domain/errors.ts";
import type { OperationId } from "../operations/index.ts";
import { type Input, type Request, requestOf } from "./operations.ts";

type Answered = Record<string, unknown>;

/** What every answer of the API is: the document that `--json` prints. */
export interface Answer<Result = Answered> {
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
export async function ask<Result = Answered>(
  method: string,
  path: string,
  body?: object,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer<Result>> {
  try {
    const response = await send(method, path, body, headers);
    const document = (await response.json()) as Omit<Answer<Result>, "status">;
    return { ...document, status: response.status };
  } catch {
    return noAnswer<Result>();
  }
}

/** Asks for what an operation shows, or has it say what it would do. */
export function look<Result>(id: OperationId, input: Input = {}): Promise<Answer<Result>> {
  const { method, path, body } = requestOf(id, input);
  return ask<Result>(method, path, body);
}

/** One line of a change that tells what happens while it does. */
interface Told {
  readonly row?: object;
  readonly report?: Omit<Answer, "status">;
}

/** Does it, and hands on each row that it tells meanwhile. Never rejects. */
export async function followRows({ method, path, body }: Request, onRow: (row: object) => void): Promise<Answer> {
  let answer = noAnswer<Answered>();
  try {
    const response = await send(method, path, body, { accept: "application/x-ndjson" });
    if (!/ndjson/.test(response.headers.get("content-type") ?? "")) {
      return { ...((await response.json()) as Omit<Answer, "status">), status: response.status };
    }
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    let rest = "";
    for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) {
      const lines = (rest + part.value).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines.filter(Boolean)) {
        const { row, report } = JSON.parse(line) as Told;
        if (row) onRow(row);
        if (report) answer = { ...report, status: response.status };
      }
    }
  } catch {
    // The line was cut; what it does goes on as a job.
  }
  return answer;
}

async function send(
  method: string,
  path: string,
  body: object | undefined,
  headers: Readonly<Record<string, string>>,
): Promise<Response> {
  const response = await fetch(`api/v1/${path}`, {
    method,
    headers: { ...(body ? { "content-type": "application/json" } : {}), ...headers },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  if (response.status === 401 && !path.startsWith("session")) onLoggedOut();
  return response;
}

function noAnswer<Result>(): Answer<Result> {
  const failure: Failure = {
    code: "internal",
    message: "The server does not answer.",
    hint: "Is pictl serve running?",
  };
  return { ok: false, exitCode: 1, result: null, failures: [failure], status: 0 };
}
