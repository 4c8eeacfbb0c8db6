import { expect, test } from "vitest";
import { parseReceiver } from "../../../src/domain/notices/receiver.ts";

test.each([
  [
    "https://pager.example.com/x",
    { kind: "json", url: "https://pager.example.com/x", shown: "https://pager.example.com/…" },
  ],
  [
    "slack://hooks.slack.com/services/T/B/x",
    { kind: "slack", url: "https://hooks.slack.com/services/T/B/x", shown: "slack://hooks.slack.com/…" },
  ],
  [
    "slack+http://chat:8065/hooks/x",
    { kind: "slack", url: "http://chat:8065/hooks/x", shown: "slack+http://chat:8065/…" },
  ],
  [
    "ntfy://ntfy.sh/topic_1",
    { kind: "ntfy", url: "https://ntfy.sh/topic_1", authorization: undefined, shown: "ntfy://ntfy.sh/…" },
  ],
  [
    "ntfy+http://me:pw@10.0.0.1:90/t",
    { kind: "ntfy", url: "http://10.0.0.1:90/t", authorization: `Basic ${btoa("me:pw")}` },
  ],
  ["ntfy://tk_123@ntfy.sh/t", { kind: "ntfy", authorization: "Bearer tk_123" }],
  [
    "mailto:a@b.example,c@d.example?from=pictl@e.example",
    {
      kind: "mail",
      to: ["a@b.example", "c@d.example"],
      from: "pictl@e.example",
      shown: "mailto:a@b.example,c@d.example",
    },
  ],
])("%s", (text, expected) => {
  expect(parseReceiver(text)).toMatchObject(expected);
});

test.each([
  ["ntfy://ntfy.sh/", "a topic is missing"],
  ["ntfy://ntfy.sh/a/b", "a topic is missing"],
  ["https://", "cannot be read"],
  ["mailto:nobody", '"nobody" is no address'],
  ["mailto:a@b.example?from=x%0ABcc:evil@e.example", "is no address"],
  ["ftp://x/y", "it is none of https://"],
  ["pager", "it is none of https://"],
])("%s is refused", (text, why) => {
  expect(parseReceiver(text)).toContain(why);
});
