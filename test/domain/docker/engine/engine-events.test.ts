import { expect, test } from "vitest";
import { engineEvent, eventsQuery, unreadEvent } from "../../../../src/domain/docker/engine/engine-events.ts";

const base = { scope: "local", time: 1_700_000_000 };

function line(parts: object): string {
  // As Docker writes it: its number has more digits than JSON.stringify would.
  return JSON.stringify({ ...base, ...parts, timeNano: 0 }).replace('"timeNano":0', '"timeNano":1700000000123456789');
}

const at = "1700000000.123456789";
const cases: readonly (readonly [string, string, object])[] = [
  [
    "a container that ended",
    line({ Type: "container", Action: "die", Actor: { ID: "a1", Attributes: { name: "web", exitCode: "137" } } }),
    { type: "container", action: "die", id: "a1", names: ["web"], at },
  ],
  [
    "its health, whose word has the state behind a colon",
    line({ Type: "container", Action: "health_status: unhealthy", Actor: { ID: "a1", Attributes: { name: "web" } } }),
    { type: "container", action: "health_status", id: "a1", names: ["web"], at },
  ],
  [
    "a new name",
    line({ Type: "container", Action: "rename", Actor: { ID: "a1", Attributes: { name: "new", oldName: "/old" } } }),
    { type: "container", action: "rename", id: "a1", names: ["new", "old"], at },
  ],
  [
    "a network is of the container that joins it",
    line({ Type: "network", Action: "connect", Actor: { ID: "net", Attributes: { container: "a1", name: "bridge" } } }),
    { type: "container", action: "connect", id: "a1", names: [], at },
  ],
  [
    "an image",
    line({ Type: "image", Action: "untag", Actor: { ID: "sha256:1", Attributes: { name: "web:1" } } }),
    { type: "image", action: "untag", id: "sha256:1", names: ["web:1"], at },
  ],
  [
    "a label that looks like the time is not it",
    line({
      Type: "volume",
      Action: "create",
      Actor: { ID: "v", Attributes: { x: '"timeNano":9999999999999999999,' } },
    }),
    { type: "volume", action: "create", id: "v", names: [], at },
  ],
  ["no JSON", "{", unreadEvent],
  ["something else", "[1]", unreadEvent],
  ["of something nobody asked for", line({ Type: "plugin", Action: "enable", Actor: {} }), unreadEvent],
  ["without a time", '{"Type":"container","Action":"die","Actor":{"ID":"a"}}', { action: "die", at: undefined }],
];

test.each(cases)("%s", (_what, text, expected) => {
  expect(engineEvent(text)).toMatchObject(expected);
});

test("a stream is asked for what is shown, and from a time on", () => {
  const query = new URLSearchParams(eventsQuery(at));
  expect(query.get("since")).toBe(at);
  const filters = JSON.parse(query.get("filters") ?? "") as { type: string[]; event: string[] };
  expect(filters.type).toEqual(["container", "image", "volume", "network"]);
  expect(filters.event).not.toContain("exec_create");
  expect(new URLSearchParams(eventsQuery(undefined)).has("since")).toBe(false);
});
