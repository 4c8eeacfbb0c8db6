import type { Config, NotifySection } from "../../domain/config/types.ts";
import { toFailure } from "../../domain/errors.ts";
import { type Message, messageOf } from "../../domain/notices/message.ts";
import { type Box, notSent, sent } from "../../domain/notices/outbox.ts";
import { parseReceiver } from "../../domain/notices/receiver.ts";
import { runHooks } from "../kit/hooks.ts";
import { record } from "../kit/record.ts";
import type { Notices, Ports } from "../ports.ts";
import type { Subscriber } from "./subscriptions.ts";

export type NoticePorts = Ports & { readonly notices: Notices };

/** Sends what a box has to send, once; what becomes of the box by that. That a receiver fails, and is well again, is told. */
export async function deliver(
  ports: NoticePorts,
  { config, subscriber, box }: { readonly config: Config; readonly subscriber: Subscriber; readonly box: Box },
): Promise<(later: Box) => Box> {
  if (subscriber.kind === "hook") {
    for (const { event, containers } of box.sending) {
      const told = containers.length === 0 ? event : { ...event, containers };
      await runHooks(ports, { config, hook: subscriber.hook, event: told });
    }
    return (later) => sent(later, ports.clock.now());
  }
  const { name } = subscriber.row;
  const { ok, reason } = await trySend(ports, subscriber.row, messageOf(config.cluster, box.sending, box.dropped));
  if (ok) {
    if (box.failures > 0) await record(ports, { type: "notice.sent", after: name });
    return (later) => sent(later, ports.clock.now());
  }
  if (box.failures === 0) {
    const error = `${reason}. It is tried again for a day, and what happens meanwhile is kept.`;
    await record(ports, { type: "notice.failed", after: name, error });
  }
  return (later) => notSent(later, ports.clock.now());
}

/** One try. Never rejects. */
export async function trySend(
  ports: Pick<NoticePorts, "secrets" | "notices">,
  row: NotifySection,
  message: Message,
): Promise<{ readonly ok: boolean; readonly reason: string }> {
  try {
    const receiver = parseReceiver((await ports.secrets.read(row.to)).reveal().trim());
    if (typeof receiver === "string") return { ok: false, reason: `it is no receiver: ${receiver}` };
    return await ports.notices.send(receiver, message);
  } catch (error) {
    return { ok: false, reason: toFailure(error).message.replace(/\.$/, "") };
  }
}
