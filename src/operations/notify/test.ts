import { testNotices } from "../../app/notices/test.ts";
import { operation } from "../operation.ts";

export const notifyTest = operation(
  {
    id: "notify.test",
    command: "notify test",
    route: "POST /notify/test",
    role: "operator",
    changes: true,
    summary: "Send a test message to each receiver of `notify`.",
    button: "Send a test message",
    output: null,
    input: {},
  },
  ({ config, ports }) => testNotices(ports, config),
);
