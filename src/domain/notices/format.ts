import type { Message } from "./message.ts";
import type { Receiver } from "./receiver.ts";

/** What is sent over HTTP. */
export interface WebNotice {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The form that the receiver reads. */
export function webNotice(receiver: Exclude<Receiver, { kind: "mail" }>, message: Message): WebNotice {
  switch (receiver.kind) {
    case "json":
      return { url: receiver.url, headers: json, body: JSON.stringify(plainJson(message)) };
    case "slack":
      return { url: receiver.url, headers: json, body: JSON.stringify(slack(message)) };
    case "ntfy":
      return {
        url: receiver.url,
        headers: {
          "content-type": "text/plain; charset=utf-8",
          // Header values are Latin-1; what is not goes as RFC 2047, which ntfy reads.
          title: headerText(message.title),
          priority: message.urgent ? "high" : "default",
          tags: message.urgent ? "warning" : "white_check_mark",
          ...(receiver.authorization === undefined ? {} : { authorization: receiver.authorization }),
        },
        // ntfy makes a file of what is longer than 4,096 bytes.
        body: shortened(message.lines.join("\n"), 4000),
      };
  }
}

const json = { "content-type": "application/json" };

function plainJson({ cluster, title, lines, urgent, entries }: Message): object {
  return {
    cluster,
    title,
    text: lines.join("\n"),
    urgent,
    notices: entries.map(({ phase, event, containers, since }) => ({
      phase,
      ...(containers.length === 0 ? {} : { containers }),
      ...(since === undefined ? {} : { since }),
      event,
    })),
  };
}

/** `text` is what notifications show, and all that Mattermost reads; a block takes 3,000 characters. */
function slack({ title, lines, urgent }: Message): object {
  const text = escaped(`${urgent ? "⚠" : "✓"} ${title}`);
  const body = escaped(shortened(lines.join("\n"), 2800));
  return {
    text: `${text}\n${body}`,
    blocks: [
      { type: "section", text: { type: "mrkdwn", text: `*${text}*` } },
      { type: "section", text: { type: "mrkdwn", text: body === "" ? "–" : body } },
    ],
  };
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

function shortened(text: string, bytes: number): string {
  const encoder = new TextEncoder();
  if (encoder.encode(text).length <= bytes) return text;
  const kept = new TextDecoder().decode(encoder.encode(text).slice(0, bytes)).replace(/\uFFFD+$/, "");
  return `${kept}…`;
}

function headerText(text: string): string {
  if (/^[\x20-\x7e]*$/.test(text)) return text;
  // An encoded word has at most 75 characters; blanks between two of them do not count.
  return (text.match(/.{1,11}/gsu) ?? [])
    .map((part) => `=?UTF-8?B?${btoa(String.fromCharCode(...new TextEncoder().encode(part)))}?=`)
    .join(" ");
}

/** A mail (RFC 5322) for `sendmail -t`. */
export function mailText(
  receiver: Extract<Receiver, { kind: "mail" }>,
  message: Message,
  { now, id, host }: { readonly now: number; readonly id: string; readonly host: string },
): string {
  const date = new Date(now).toUTCString().replace("GMT", "+0000");
  const headers = [
    ...(receiver.from === undefined ? [] : [`From: ${receiver.from}`]),
    `To: ${receiver.to.join(", ")}`,
    `Subject: ${headerText(shortened(`[pictl] ${message.title}`, 200))}`,
    `Date: ${date}`,
    `Message-ID: <${id}@${host}>`,
    "MIME-Version: 1.0",
    "Content-Type: text/plain; charset=utf-8",
    "Content-Transfer-Encoding: 8bit",
    // So that no holiday notice comes back.
    "Auto-Submitted: auto-generated",
    ...(message.urgent ? ["Importance: high"] : []),
  ];
  return `${headers.join("\n")}\n\n${message.lines.map(wrapped).join("\n")}\n`;
}

/** A line of a mail has at most 998 bytes. */
function wrapped(line: string): string {
  return line.replace(/(.{200})(?=.)/gu, "$1\n  ");
}
