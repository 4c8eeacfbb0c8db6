import { expect, test } from "vitest";
import { configChanges } from "../../../../src/domain/config/document/changes.ts";

const layout = (web: unknown) => ({ layout: [{ node: "n1", web }] });

test.each<[string, unknown, unknown, object]>([
  [
    "a value",
    { heartbeat_interval: 1000, cluster: "a" },
    { heartbeat_interval: 2000, cluster: "a" },
    { before: { heartbeat_interval: 1000 }, after: { heartbeat_interval: 2000 } },
  ],
  ["one that is new", {}, { syslog: "dmesg" }, { before: {}, after: { syslog: "dmesg" } }],
  ["one that is gone", { ssh: { user: "pi" } }, {}, { before: { ssh: { user: "pi" } }, after: {} }],
  [
    "an argument, of which a variable's value is nobody's affair",
    layout("-p 80:80 -e PW=hunter2 --env=A=hunter2"),
    layout("-p 81:80 -e PW=hunter3 --label 'a b'"),
    {
      before: { "layout[0].web": "-p 80:80 -e PW=… --env=A=…" },
      after: { "layout[0].web": "-p 81:80 -e PW=… --label 'a b'" },
    },
  ],
  [
    "arguments that cannot be split",
    layout("-p 80:80"),
    layout("-e 'PW=hunter2"),
    { before: { "layout[0].web": "-p 80:80" }, after: { "layout[0].web": "…" } },
  ],
  [
    "secrets, variables",
    layout({ secrets: { A: "hunter2" }, env: { DB_PASSWORD: "hunter2", WORKERS: 4 } }),
    layout({ secrets: { A: "hunter3" }, env: { DB_PASSWORD: "hunter3", WORKERS: 8 } }),
    {
      before: {
        "layout[0].web.secrets.A": "[REDACTED]",
        "layout[0].web.env.DB_PASSWORD": "…",
        "layout[0].web.env.WORKERS": 4,
      },
      after: {
        "layout[0].web.secrets.A": "[REDACTED]",
        "layout[0].web.env.DB_PASSWORD": "…",
        "layout[0].web.env.WORKERS": 8,
      },
    },
  ],
  [
    "a token, a hook's URL and its password",
    { token: "hunter2", hooks: { on_move: "https://me:hunter2@pager.example.com/hunter2" } },
    { token: "env:TOKEN", hooks: { on_move: "./tell" } },
    {
      before: { token: "[REDACTED]", "hooks.on_move": "https://me:[REDACTED]@pager.example.com/…" },
      after: { token: "env:TOKEN", "hooks.on_move": "./tell" },
    },
  ],
  [
    "what could not be read before",
    undefined,
    { cluster: "shop" },
    { before: {}, after: { config: { cluster: "shop" } } },
  ],
])("%s", (_what, before, after, expected) => {
  const changes = configChanges(before, after);
  expect(changes).toEqual(expected);
  expect(JSON.stringify(changes)).not.toContain("hunter");
});

test("of very many places the rest is counted", () => {
  const many = Object.fromEntries(Array.from({ length: 250 }, (_, index) => [`x${String(index)}`, index]));
  const { after } = configChanges({}, many);
  expect(Object.keys(after)).toHaveLength(101);
  expect(after["…"]).toBe("150 more");
});
