import { describe, expect, test } from "vitest";
import type { PictlEvent } from "../../../src/domain/events/event.ts";
import { typeMatcher } from "../../../src/domain/notices/match.ts";
import { messageOf } from "../../../src/domain/notices/message.ts";
import {
  beginSending,
  type Box,
  dueAt,
  emptyBox,
  emptyOutbox,
  notSent,
  type Outbox,
  post,
  sent,
} from "../../../src/domain/notices/outbox.ts";

type Parts = Partial<PictlEvent> & { readonly type: string };

const t0 = Date.parse("2026-01-31T10:00:00.000Z");
const at = (seconds: number): string => new Date(t0 + seconds * 1000).toISOString();

/** What a receiver is told: one list of lines for each message that is sent, at these seconds. */
function told(on: readonly string[], happenings: readonly (Parts | "send")[]): readonly (readonly string[])[] {
  const subscription = { receiver: "r", wants: typeMatcher(on) };
  let outbox: Outbox = emptyOutbox;
  const messages: (readonly string[])[] = [];
  happenings.forEach((each, second) => {
    if (each !== "send") {
      outbox = post(outbox, { time: at(second), who: "me@here", ...each }, [subscription], t0 + second * 1000);
      return;
    }
    const box = beginSending(outbox.boxes["r"] ?? emptyBox);
    const { lines } = messageOf("shop", box.sending, box.dropped);
    messages.push(lines.map((line) => line.replace(/^\S+ \S+ /, "")));
    outbox = { ...outbox, boxes: { r: sent(box, t0 + second * 1000) } };
  });
  return messages;
}

const silent = { type: "node.silent", node: "n2", error: "no answer" };
const failed = (container: string, node = "n2") => ({ type: "heartbeat.failed", container, node, error: "n2 is dead" });
const recovered = (container: string, node = "n2") => ({ type: "heartbeat.recovered", container, node });
const up = { type: "node.up", node: "n2" };

describe("one message when something begins and one when it ends", () => {
  test("a dead node with its containers is one cause, in however many rounds", () => {
    const round = [failed("web"), failed("db")];
    expect(
      told(
        ["node.*", "*.failed"],
        [silent, ...round, "send", ...round, ...round, "send", up, recovered("web"), recovered("db"), "send"],
      ),
    ).toEqual([
      ["n2 (web, db) does not answer: no answer"],
      [],
      ["n2 (web, db) answers again (since 2026-01-31 10:00:00Z, 9 s)"],
    ]);
  });

  test("who wants checks alone gets them merged by the node, too", () => {
    expect(
      told(["*.failed"], [silent, failed("web"), failed("db"), "send", up, recovered("web"), recovered("db"), "send"]),
    ).toEqual([
      ["n2 (web, db) fails its check: n2 is dead"],
      ["n2 (web, db) passes its check again (since 2026-01-31 10:00:01Z, 5 s)"],
    ]);
  });

  test("what still fails when its node is back ends by itself, later", () => {
    expect(
      told(
        ["node.*"],
        [
          ...([silent, failed("web"), failed("db"), "send", up, recovered("web"), "send"] as const),
          ...([{ ...recovered("db"), time: at(90) }, "send"] as const),
        ],
      ),
    ).toEqual([
      ["n2 (web, db) does not answer: no answer"],
      [expect.stringMatching(/^n2 \(web, db\) answers again/) as string],
      [expect.stringMatching(/^db@n2 passes its check again/) as string],
    ]);
  });

  test("what comes back with its node belongs to that end, also when it has been sent already", () => {
    expect(told(["node.*"], [silent, failed("web"), "send", up, "send", recovered("web"), "send"])).toEqual([
      ["n2 (web) does not answer: no answer"],
      [expect.stringMatching(/^n2 \(web\) answers again/) as string],
      [],
    ]);
  });

  test("what was over before it could be told is one line", () => {
    expect(told(["node.*"], [silent, up, "send"])).toEqual([["n2 answers again (since 2026-01-31 10:00:00Z, 1 s)"]]);
  });

  test("an end without a beginning that was told is none", () => {
    expect(told(["vip.*"], [silent, up, "send"])).toEqual([[]]);
  });

  test("a failed create is told, again only when it fails otherwise, and its end", () => {
    const create = (error: string) => ({ type: "container.create-failed", container: "web", node: "n1", error });
    expect(
      told(
        ["*.failed"],
        [
          create("no image"),
          create("no image"),
          create("port taken"),
          "send",
          { type: "container.created", container: "web", node: "n1" },
          "send",
        ],
      ),
    ).toEqual([
      ["web@n1 create failed: no image", "web@n1 create failed: port taken"],
      ["web@n1 was created (since 2026-01-31 10:00:00Z, 4 s)"],
    ]);
  });
});

describe("what ends something and is news by itself", () => {
  const over = (container: string) => ({
    type: "container.failed-over",
    container,
    node: "n3",
    before: "n2",
    after: "n3",
  });
  const everyone = ["node.*", "*.failed", "container.failed-over", "vip.*"];

  test("containers that go over from a dead node are told at once, in one line; its return is told later", () => {
    expect(
      told(everyone, [
        silent,
        failed("web"),
        failed("db"),
        failed("log"),
        "send",
        over("web"),
        over("db"),
        "send",
        up,
        recovered("log"),
        "send",
      ]),
    ).toEqual([
      ["n2 (web, db, log) does not answer: no answer"],
      ["web, db failed over: n2 → n3"],
      ["n2 (log) answers again (since 2026-01-31 10:00:00Z, 8 s)"],
    ]);
  });

  test("a container that goes over from a living node: its beginning and its end", () => {
    const why = { ...failed("web"), error: "HTTP 503" };
    const tried = { type: "container.failover-failed", container: "web", node: "n2", error: "n3: the port is taken" };
    expect(told(everyone, [why, tried, "send", over("web"), "send"])).toEqual([
      ["web@n2 fails its check: HTTP 503", "web@n2 failover failed: n3: the port is taken"],
      ["web failed over: n2 → n3 (since 2026-01-31 10:00:00Z, 3 s)"],
    ]);
  });

  test("it is told also to who was not told of the beginning", () => {
    expect(told(["container.failed-over"], [silent, failed("web"), over("web"), "send"])).toEqual([
      ["web failed over: n2 → n3"],
    ]);
    const created = { type: "container.created", container: "web", node: "n1" };
    const failure = { type: "container.create-failed", container: "web", node: "n1", error: "no image" };
    expect(told(["container.created"], [failure, created, "send"])).toEqual([["web@n1 was created"]]);
  });

  test("a virtual IP is named by its address, whoever has it", () => {
    const vip = "10.0.0.9";
    const waits = { type: "vip.waiting", vip, error: "n2 had it and does not answer" };
    expect(
      told(everyone, [
        { type: "vip.moved", vip, node: "n2", before: null, after: "n2" },
        waits,
        "send",
        { type: "vip.moved", vip, node: "n3", before: "n2", after: "n3" },
        "send",
      ]),
    ).toEqual([
      ["10.0.0.9 has a new holder: n2", "10.0.0.9 is given to no other node yet: n2 had it and does not answer"],
      ["10.0.0.9 has a holder again: n2 → n3 (since 2026-01-31 10:00:01Z, 2 s)"],
    ]);
  });
});

test("what fails for the same reason on a node is one line", () => {
  const create = (container: string, error = "n1 does not answer") => ({
    type: "container.create-failed",
    ...{ container, node: "n1", error },
  });
  expect(told(["*.failed"], [create("web"), create("db"), create("log", "no image"), "send"])).toEqual([
    ["n1 (web, db) create failed: n1 does not answer", "log@n1 create failed: no image"],
  ]);
});

test("a receiver is told of the others' failures, not of its own", () => {
  const event = (receiver: string) => ({ type: "notice.failed", after: receiver, error: "HTTP 500" });
  expect(told(["*.failed"], [event("r"), "send", event("s"), "send"]).map((lines) => lines.length)).toEqual([0, 1]);
});

describe("when it is sent", () => {
  const entry = { phase: "once" as const, event: { time: at(0), type: "x", who: "" }, containers: [], at: t0 };
  const box: Box = { ...emptyBox, pending: [entry] };

  test("after a moment for what else comes, and not more often than asked for", () => {
    expect(dueAt(emptyBox, 60_000)).toBeUndefined();
    expect(dueAt(box, 60_000)).toBe(t0 + 2000);
    expect(dueAt({ ...box, lastSentAt: t0 - 1000 }, 60_000)).toBe(t0 + 59_000);
  });

  test("later each time while it fails, at most five minutes; a day later it is no news", () => {
    let failing = beginSending(box);
    const waits = Array.from({ length: 10 }, () => {
      failing = notSent(failing, t0);
      return (failing.nextTryAt - t0) / 1000;
    });
    expect(waits).toEqual([2, 4, 8, 16, 32, 64, 128, 256, 300, 300]);
    expect(failing.pending).toEqual([entry]);
    expect(notSent(failing, t0 + 25 * 3_600_000)).toMatchObject({ pending: [], dropped: 1 });
  });

  test("what found no room is counted", () => {
    const subscription = { receiver: "r", wants: () => true };
    let outbox: Outbox = emptyOutbox;
    for (let number = 0; number < 250; number += 1) {
      const event = {
        time: at(number),
        type: "container.moved",
        container: `c${String(number)}`,
        after: number,
        who: "",
      };
      outbox = post(outbox, event, [subscription], t0);
    }
    const { pending, dropped } = outbox.boxes["r"] ?? emptyBox;
    expect([pending.length, dropped]).toEqual([200, 50]);
    expect(messageOf("shop", pending, dropped).lines.at(-1)).toBe("220 more; `pictl log --important` has all.");
  });
});
