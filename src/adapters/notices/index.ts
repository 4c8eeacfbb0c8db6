import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import type { Notices } from "../../app/ports.ts";
import { mailText, webNotice } from "../../domain/notices/format.ts";
import { sendMail } from "./mail.ts";
import { postNotice } from "./web.ts";

const timeoutMs = 15_000;

export function openNotices(env: Readonly<Record<string, string | undefined>>): Notices {
  return {
    send(receiver, message) {
      if (receiver.kind !== "mail") return postNotice(webNotice(receiver, message), timeoutMs);
      const mail = mailText(receiver, message, { now: Date.now(), id: randomUUID(), host: hostname() });
      return sendMail(mail, { env, timeoutMs });
    },
  };
}
