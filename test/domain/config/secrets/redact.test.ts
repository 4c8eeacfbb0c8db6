import { expect, test } from "vitest";
import { redact, withoutPasswords } from "../../../../src/domain/config/secrets/redact.ts";

test("secrets go, where they are found stays", () => {
  const document = {
    token: "hunter2",
    web_password: "env:PASSWORD",
    swarm_token: ["hunter2"],
    elasticsearch: "https://elastic:hunter2@es:9200",
    kibana: "https://k:5601/@x",
    layout: [{ node: "a", web: { args: "-e A=b", secrets: { A: "hunter2", B: "file:/b", C: 12345 } } }],
  };
  expect(redact(document)).toEqual({
    token: "[REDACTED]",
    web_password: "env:PASSWORD",
    swarm_token: ["[REDACTED]"],
    elasticsearch: "https://elastic:[REDACTED]@es:9200",
    kibana: "https://k:5601/@x",
    layout: [{ node: "a", web: { args: "-e A=b", secrets: { A: "[REDACTED]", B: "file:/b", C: "[REDACTED]" } } }],
  });
});

test.each([
  ["ftp://joe:secret@es:9200", "ftp://joe:[REDACTED]@es:9200"],
  ["http//joe:se/cr@et@reg", "http//joe:[REDACTED]@reg"],
  ["curl -sS https://joe:secret@host/x -d @-", "curl -sS https://joe:[REDACTED]@host/x -d @-"],
  ["https://k:5601/@x", "https://k:5601/@x"],
  ["mail root@host", "mail root@host"],
])("passwords of URLs, wherever they stand: %s", (text, shown) => {
  expect(withoutPasswords(text)).toBe(shown);
  expect(redact({ hooks: { on_move: text } })).toEqual({ hooks: { on_move: shown } });
});

test("a secret that a section of the user's own has for others to use goes, too", () => {
  const document = {
    "x-password": "hunter2",
    "x-shared": { DB: "hunter3", note: "see hunter2", tz: "UTC", list: ["hunter2", 12345] },
    "x-web": { image: "web", secrets: { A: "hunter3", B: "unused", C: "env:C" }, token: "mine" },
    token: "hunter2",
    cluster: "shop",
    layout: [{ node: "a", web: { secrets: { A: "hunter3", N: 12345 } } }],
  };
  expect(redact(document)).toEqual({
    "x-password": "[REDACTED]",
    "x-shared": { DB: "[REDACTED]", note: "see hunter2", tz: "UTC", list: ["[REDACTED]", "[REDACTED]"] },
    "x-web": { image: "web", secrets: { A: "[REDACTED]", B: "[REDACTED]", C: "env:C" }, token: "[REDACTED]" },
    token: "[REDACTED]",
    cluster: "shop",
    layout: [{ node: "a", web: { secrets: { A: "[REDACTED]", N: "[REDACTED]" } } }],
  });
});

test("a secret of the wrong shape goes whole, since its keys may be it", () => {
  const document = {
    token: { hunter2: 1 },
    web_password: [{ hunter2: null }],
    "x-web": { token: { hunter2: {} }, secrets: { A: { hunter2: 1 } } },
    layout: [{ node: "a", web: { secrets: { A: { hunter2: 1 }, B: ["hunter2"] } } }],
  };
  expect(redact(document)).toEqual({
    token: "[REDACTED]",
    web_password: ["[REDACTED]"],
    "x-web": { token: "[REDACTED]", secrets: { A: "[REDACTED]" } },
    layout: [{ node: "a", web: { secrets: { A: "[REDACTED]", B: ["[REDACTED]"] } } }],
  });
});

test("what may be a password in the name of a host's login goes", () => {
  const ssh = { proxy_jump: "joe@a:22,eve:hunter2@b,x:y@z@c:2222", user: "joe" };
  expect(
    redact({ ssh, nodes: { n1: { address: "u:hunter2@h", proxy_jump: "h:22" } }, "x-a": { proxy_jump: "u:p@h" } }),
  ).toEqual({
    ssh: { proxy_jump: "joe@a:22,eve:[REDACTED]@b,x:[REDACTED]@c:2222", user: "joe" },
    nodes: { n1: { address: "u:[REDACTED]@h", proxy_jump: "h:22" } },
    "x-a": { proxy_jump: "u:[REDACTED]@h" },
  });
});
