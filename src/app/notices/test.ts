import type { Config } from "../../domain/config/types.ts";
import type { Failure } from "../../domain/errors.ts";
import type { Message } from "../../domain/notices/message.ts";
import type { Report } from "../kit/report.ts";
import { type NoticePorts, trySend } from "./deliver.ts";

export interface TestedReceiver {
  readonly receiver: string;
  readonly ok: boolean;
  /** What it answered, or why it could not be reached. */
  readonly answer: string;
  readonly durationMs: number;
}

/** Sends each receiver of the config a message of its own, at once; one that does not take it is a failure. */
export async function testNotices(
  ports: Pick<NoticePorts, "secrets" | "notices" | "clock" | "actor">,
  config: Config,
): Promise<Report<{ receivers: readonly TestedReceiver[] }>> {
  const { cluster, notify = [] } = config;
  if (notify.length === 0) {
    const hint = 'Add one, such as `"notify": [{ "to": "ntfy://ntfy.sh/TOPIC" }]`; docs/config.md has the forms.';
    return { result: { receivers: [] }, failures: [{ code: "usage", message: "The config has no `notify`.", hint }] };
  }
  const receivers = await Promise.all(
    notify.map(async (row): Promise<TestedReceiver> => {
      const startedAt = ports.clock.monotonic();
      const { ok, reason } = await trySend(ports, row, testMessage(ports, cluster));
      return { receiver: row.name, ok, answer: reason, durationMs: Math.round(ports.clock.monotonic() - startedAt) };
    }),
  );
  return { result: { receivers }, failures: receivers.filter(({ ok }) => !ok).map(failureOf) };
}

function testMessage({ clock, actor }: Pick<NoticePorts, "clock" | "actor">, cluster: string): Message {
  const time = new Date(clock.now()).toISOString();
  const event = { time, type: "notice.test", cluster, ...actor };
  return {
    cluster,
    title: `${cluster}: a test of pictl's notices`,
    lines: [`${actor.who} asked for this with \`${actor.cause}\`. Nothing has happened.`],
    urgent: false,
    entries: [{ phase: "once", event, containers: [], at: clock.now() }],
  };
}

function failureOf({ receiver, answer }: TestedReceiver): Failure {
  return {
    code: "notice-failed",
    message: `${receiver} did not take the message: ${answer}.`,
    hint: "Correct `to` in its row of `notify`, or put its server right.",
  };
}
