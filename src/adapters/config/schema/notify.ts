import * as z from "zod/mini";
import { described, listOf, section, strict, textThat } from "./values.ts";

export const notifyRow = strict(
  {
    to: described(
      textThat("a receiver, as env:NAME, file:PATH or its URL", /\S/),
      "Where the message goes: `https://…` gets JSON, `ntfy://HOST/TOPIC`, `slack://HOST/PATH` (a webhook of Slack or Mattermost), `mailto:ADDRESS` (by this machine's `sendmail`); or `env:NAME`, `file:PATH` with that in it. `ntfy+http` and `slack+http` do without TLS.",
      { example: "ntfy://ntfy.sh/my-cluster-7f3a" },
    ),
    on: described(
      section(listOf(textThat("a type of event, or a glob", /^[a-z*?][a-z0-9.*?[\]-]*$/), "a list of types")),
      "Types of events, as `pictl log --type` takes them; `*.failed` means `container.create-failed`, too. What began is also told to end. Without it, what somebody may have to get up for.",
      { example: ["node.*", "*.failed"] },
    ),
    every: z.optional(
      described(
        textThat("a time such as 90s or 5m, at most 1d", /^(?:0|(?:\d{1,6}(?:s|m|h|d))+)$/),
        "The least time between two messages; what happens meanwhile is one message. Raise it to be called less often; lower it to know sooner.",
        { default: "1m", example: "5m" },
      ),
    ),
  },
  'an object such as {"to": "env:ALERTS_URL", "on": ["node.*"]}',
);
