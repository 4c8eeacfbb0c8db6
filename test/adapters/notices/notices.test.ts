import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { openNotices } from "../../../src/adapters/notices/index.ts";
import { messageOf } from "../../../src/domain/notices/message.ts";
import { parseReceiver, type Receiver } from "../../../src/domain/notices/receiver.ts";
import { type Exchange, fakeHttp } from "../../support/fake-http.ts";

const event = { time: "2026-01-31T10:00:00.000Z", type: "node.silent", node: "n2", who: "me", error: "no answer" };
const message = messageOf("shop", [{ phase: "begins", event, containers: [], at: 0 }], 0);
const to = (text: string): Receiver => parseReceiver(text) as Receiver;
const send = (text: string, env: Record<string, string> = {}) => openNotices(env).send(to(text), message);

async function server(answer: (exchange: Exchange) => void) {
  const seen: Exchange[] = [];
  const http = await fakeHttp((exchange) => {
    seen.push(exchange);
    answer(exchange);
  });
  onTestFinished(() => http.close());
  return { host: http.host, seen };
}

test("each receiver gets a POST in its form, with its login in a header and not in the URL", async () => {
  const { host, seen } = await server(({ json }) => {
    json({});
  });
  expect(await send(`http://me:hunter2@${host}/hook`)).toEqual({ ok: true, reason: "HTTP 200" });
  expect(await send(`slack+http://${host}/services/T`)).toMatchObject({ ok: true });
  expect(await send(`ntfy+http://tk_hunter2@${host}/topic`)).toMatchObject({ ok: true });
  expect(seen.map(({ method, url, headers }) => [method, url.pathname, headers.authorization])).toEqual([
    ["POST", "/hook", `Basic ${btoa("me:hunter2")}`],
    ["POST", "/services/T", undefined],
    ["POST", "/topic", "Bearer tk_hunter2"],
  ]);
  expect(seen[2]).toMatchObject({
    headers: { title: "shop: n2 does not answer", priority: "high" },
    body: "2026-01-31 10:00:00Z n2 does not answer: no answer",
  });
});

test.each<[string, (exchange: Exchange) => void, string]>([
  [
    "an error",
    ({ json }) => {
      json({ error: "invalid_payload" }, 400);
    },
    'HTTP 400: {"error":"invalid_payload"}',
  ],
  [
    "a redirection",
    ({ response }) => {
      response.writeHead(302, { location: "http://127.0.0.1/" }).end();
    },
    "HTTP 302",
  ],
  [
    "an endless answer",
    ({ response }) => {
      response.writeHead(500);
      for (let i = 0; i < 99; i += 1) response.write("x".repeat(9999));
    },
    `HTTP 500: ${"x".repeat(200)}`,
  ],
])("%s is a failure in a few words", async (_what, answer, reason) => {
  const { host } = await server(answer);
  expect(await send(`http://${host}/`)).toEqual({ ok: false, reason });
});

test("nobody there, and one who hangs up, without the URL", async () => {
  const hanging = createServer((socket) => socket.destroy());
  await new Promise<void>((resolve) => hanging.listen(0, "127.0.0.1", resolve));
  const { port } = hanging.address() as AddressInfo;
  const hungUp = await send(`http://127.0.0.1:${String(port)}/hunter2`);
  await new Promise((resolve) => hanging.close(resolve));
  const refused = await send(`http://127.0.0.1:${String(port)}/hunter2`);
  expect([hungUp.reason, refused.reason]).toEqual([
    "it closed the connection",
    "nothing listens there (connection refused)",
  ]);
});

test("mail goes through sendmail, which says why it does not", async () => {
  const folder = mkdtempSync(join(tmpdir(), "pictl-sendmail-"));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  const program = (text: string): void => {
    writeFileSync(join(folder, "sendmail"), `#!/bin/sh\n${text}\n`);
    chmodSync(join(folder, "sendmail"), 0o755);
  };
  const env = { PATH: `${folder}:/usr/bin:/bin` };
  program(`printf '%s ' "$@" >${folder}/args; cat >${folder}/mail`);
  expect(await send("mailto:ops@example.com?from=pictl@example.com", env)).toEqual({
    ok: true,
    reason: "sendmail: exit code 0",
  });
  expect(readFileSync(join(folder, "args"), "utf8")).toBe("-t -i ");
  const mail = readFileSync(join(folder, "mail"), "utf8");
  expect(mail).toContain("To: ops@example.com\nSubject: [pictl] shop: n2 does not answer\n");
  expect(mail).toContain("\n\n2026-01-31 10:00:00Z n2 does not answer: no answer\n");
  program("echo 'no such relay' >&2; exit 75");
  expect(await send("mailto:ops@example.com", env)).toEqual({
    ok: false,
    reason: "sendmail: exit code 75: no such relay",
  });
});
