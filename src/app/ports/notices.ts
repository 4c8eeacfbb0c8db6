import type { Message } from "../../domain/notices/message.ts";
import type { Outbox } from "../../domain/notices/outbox.ts";
import type { Receiver } from "../../domain/notices/receiver.ts";
import type { LogPosition } from "./state.ts";

/** Who gets notices. */
export interface Notices {
  /** One try, of 15 s at most. Never rejects; the reason holds no secret. */
  send(receiver: Receiver, message: Message): Promise<{ readonly ok: boolean; readonly reason: string }>;
}

/** What is carried over a restart, so that nothing is told twice or forgotten. */
export interface SavedNotices {
  readonly position: LogPosition | undefined;
  readonly outbox: Outbox;
}
