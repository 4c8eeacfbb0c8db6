import { expect, test } from "vitest";
import { mailText, webNotice } from "../../../src/domain/notices/format.ts";
import { messageOf } from "../../../src/domain/notices/message.ts";
import type { OutboxEntry } from "../../../src/domain/notices/outbox.ts";
import { parseReceiver, type Receiver } from "../../../src/domain/notices/receiver.ts";

const entry = (parts: Partial<OutboxEntry["event"]> = {}, phase: OutboxEntry["phase"] = "begins"): OutboxEntry => ({
  phase,
  event: { time: "2026-01-31T10:00:00.000Z", type: "node.silent", node: "n2", who: "me", error: "no answer", ...parts },
  containers: ["web"],
  at: 0,
});
const receiver = <Kind extends Receiver["kind"]>(text: string, _kind: Kind): Extract<Receiver, { kind: Kind }> =>
  parseReceiver(text) as Extract<Receiver, { kind: Kind }>;
const message = messageOf("shop", [entry()], 0);

test("JSON has the words and the events", () => {
  const notice = webNotice(receiver("https://x.example/y", "json"), message);
  expect(JSON.parse(notice.body)).toEqual({
    cluster: "shop",
    title: "shop: n2 (web) does not answer",
    text: "2026-01-31 10:00:00Z n2 (web) does not answer: no answer",
    urgent: true,
    notices: [{ phase: "begins", containers: ["web"], event: entry().event }],
  });
});

test("ntfy has title, priority and tags as headers, the lines as text", () => {
  const notice = webNotice(receiver("ntfy://tk_1@ntfy.sh/t", "ntfy"), message);
  expect(notice).toEqual({
    url: "https://ntfy.sh/t",
    headers: {
      "content-type": "text/plain; charset=utf-8",
      title: "shop: n2 (web) does not answer",
      priority: "high",
      tags: "warning",
      authorization: "Bearer tk_1",
    },
    body: "2026-01-31 10:00:00Z n2 (web) does not answer: no answer",
  });
  const long = messageOf(
    "größe",
    Array.from({ length: 30 }, () => entry({ error: "é".repeat(300) })),
    0,
  );
  const { headers, body } = webNotice(receiver("ntfy://ntfy.sh/t", "ntfy"), long);
  expect(headers["title"]).toMatch(/^(=\?UTF-8\?B\?[A-Za-z0-9+/=]+\?= ?)+$/);
  expect(Buffer.byteLength(body)).toBeLessThanOrEqual(4096);
  expect(body).not.toContain("\uFFFD");
});

test("Slack has text and blocks, with nothing in them that Slack would take for its own", () => {
  const bad = messageOf("shop", [entry({ error: "<!channel> & <https://evil.example|x>" })], 0);
  const { body } = webNotice(receiver("slack://hooks.slack.com/services/x", "slack"), bad);
  const { text, blocks } = JSON.parse(body) as { text: string; blocks: { text: { text: string } }[] };
  expect(text).toContain("⚠ shop: n2 (web) does not answer");
  expect(blocks).toHaveLength(2);
  expect(body).not.toMatch(/<|[^;]>/);
  expect(blocks[1]?.text.text).toContain("&lt;!channel&gt; &amp; ");
});

test("a mail is one that every mail system takes; nothing of a node gets into its head", () => {
  const forged = messageOf("shop", [entry({ node: "n2\r\nBcc: evil@e.example", error: "é".repeat(2000) })], 0);
  const text = mailText(receiver("mailto:a@b.example,c@d.example?from=p@e.example", "mail"), forged, {
    now: Date.UTC(2026, 0, 31, 10),
    id: "1",
    host: "here",
  });
  const [head = "", ...rest] = text.split("\n\n");
  expect(head.split("\n")).toEqual([
    "From: p@e.example",
    "To: a@b.example, c@d.example",
    expect.stringMatching(/^Subject: \[pictl\] shop: n2.*does not answer$/),
    "Date: Sat, 31 Jan 2026 10:00:00 +0000",
    "Message-ID: <1@here>",
    "MIME-Version: 1.0",
    "Content-Type: text/plain; charset=utf-8",
    "Content-Transfer-Encoding: 8bit",
    "Auto-Submitted: auto-generated",
    "Importance: high",
  ]);
  expect(
    Math.max(
      ...rest
        .join("\n")
        .split("\n")
        .map((line) => Buffer.byteLength(line)),
    ),
  ).toBeLessThan(998);
});

test("what ends badly without an end to come is urgent, too; a message that all is well is not", () => {
  const urgent = (type: string, phase: OutboxEntry["phase"]): boolean =>
    messageOf("shop", [entry({ type }, phase)], 0).urgent;
  expect(["daemon.lost", "failover.refused", "elasticsearch.lost"].map((type) => urgent(type, "once"))).toEqual([
    true,
    true,
    true,
  ]);
  expect([urgent("vip.moved", "once"), urgent("container.failed-over", "once"), urgent("node.up", "ends")]).toEqual([
    false,
    false,
    false,
  ]);
});

test.each<[Pick<OutboxEntry["event"], "type"> & Partial<OutboxEntry["event"]>, string]>([
  [
    { type: "image.delivered", node: "n2", container: "web", after: `sha256:${"9af54602c981".padEnd(64, "0")}` },
    "image web@n2 was delivered: 9af54602c981",
  ],
  [
    { type: "image.build-failed", node: "n2", container: "web", error: "no room" },
    "image web@n2 build failed: no room",
  ],
  [
    { type: "move.finished", container: "web", before: "n1", after: "n2" },
    "web: a move that was cut off is finished: n1 → n2",
  ],
  [
    { type: "image.pull-failed", node: "n2", after: { image: "redis:7" }, error: "no route" },
    "image redis:7@n2 pull failed: no route",
  ],
  [{ type: "daemon.started" }, "the daemon started"],
  [{ type: "vip.remove-failed", node: "n2", vip: "10.0.0.9" }, "10.0.0.9@n2 remove failed"],
  [{ type: "config.changed" }, "the config was changed"],
])("%o in plain words", (parts, words) => {
  const event = { time: "2026-01-31T10:00:00.000Z", who: "me", ...parts };
  const { lines } = messageOf("shop", [{ phase: "once", event, containers: [], at: 0 }], 0);
  expect(lines).toEqual([`2026-01-31 10:00:00Z ${words}`]);
});
