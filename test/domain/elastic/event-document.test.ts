import { expect, test } from "vitest";
import { eventDocument } from "../../../src/domain/elastic/event-document.ts";
import { newestServer } from "../../../src/domain/elastic/server.ts";
import { indexTemplates } from "../../../src/domain/elastic/templates.ts";
import type { PictlEvent } from "../../../src/domain/events/event.ts";

const options = { id: "id", sequence: 7, dataset: "pictl", cluster: "big-shop", version: "1.2.3" };
const document = (event: Partial<PictlEvent> & { readonly type: string }) =>
  eventDocument({ time: "2026-01-31T10:00:00.000Z", who: "root@here", ...event }, options);

test("a whole event", () => {
  const event = {
    time: "2026-01-31T10:00:00.000Z",
    type: "container.moved",
    node: "n2",
    container: "web",
    before: "n1",
    after: "n2",
    cause: "pictl move",
    who: "root@here",
    cluster: "big-shop",
    face: "web" as const,
    job: "j1",
    address: "10.0.0.7",
    durationMs: 850.4,
  };
  expect(eventDocument(event, options)).toEqual({
    "@timestamp": "2026-01-31T10:00:00.000Z",
    message: "container.moved  web@n2  n1 → n2  root@here: pictl move",
    ecs: { version: "8.11.0" },
    event: {
      kind: "event",
      module: "pictl",
      dataset: "pictl.events",
      id: "id",
      sequence: 7,
      action: "container.moved",
      category: ["process"],
      type: ["change"],
      outcome: "success",
      duration: 850_400_000,
      reason: "pictl move",
      original: JSON.stringify(event),
    },
    data_stream: { type: "logs", dataset: "pictl.events", namespace: "big_shop" },
    log: { level: "info" },
    host: { name: "n2" },
    container: { name: "web", runtime: "docker" },
    user: { name: "root", domain: "here" },
    related: { user: ["root"], hosts: ["n2", "n1"] },
    source: { ip: "10.0.0.7" },
    agent: { name: "here", type: "pictl", version: "1.2.3" },
    orchestrator: { type: "pictl", cluster: { name: "big-shop" } },
    pictl: {
      before: { value: "n1" },
      after: { value: "n2" },
      who: "root@here",
      cause: "pictl move",
      face: "web",
      job: "j1",
      container: "web",
    },
  });
});

test.each<[Partial<PictlEvent> & { readonly type: string }, object]>([
  [
    { type: "node.silent", node: "n1", error: "no answer" },
    {
      event: { outcome: "failure", category: ["host"], type: ["error"] },
      log: { level: "error" },
      error: { message: "no answer" },
    },
  ],
  [
    { type: "container.create-failed", container: "web", node: "n1", error: "x" },
    { event: { outcome: "failure", type: ["error"] } },
  ],
  [
    { type: "daemon.stands-by", error: "another one leads" },
    { event: { outcome: "unknown" }, log: { level: "warning" } },
  ],
  [
    { type: "image.built", container: "web", node: "n1" },
    { event: { category: ["package"], type: ["creation"] }, container: { image: { name: "web" } } },
  ],
  [
    { type: "config.changed", before: { "ssh.user": "a" }, after: { "ssh.user": "b" } },
    {
      event: { category: ["configuration"], type: ["change"] },
      pictl: { before: { "ssh.user": "a" }, after: { "ssh.user": "b" } },
    },
  ],
  [
    { type: "vip.moved", vip: "10.0.0.9", before: null, after: "n1" },
    { event: { category: ["network"] }, pictl: { vip: "10.0.0.9", after: { value: "n1" } } },
  ],
  [
    { type: "command.executed", after: [1, 2], who: "daemon" },
    { pictl: { after: { value: [1, 2] } }, user: { name: "daemon" } },
  ],
])("$type", (event, expected) => {
  expect(document(event)).toMatchObject(expected);
});

test.each([["not an address"], ["1.2.3.4; drop"]])(
  "%s is no source.ip, which would make the document refused",
  (address) => {
    expect(document({ type: "serve.login", address })).not.toHaveProperty("source");
  },
);

test("nothing is undefined or null, and every field that is written has a mapping", () => {
  const mapping = indexTemplates("pictl", newestServer)[0]?.body["template"] as { mappings: { properties: object } };
  const event = {
    type: "image.built",
    node: "n",
    container: "c",
    vip: "v",
    before: 1,
    after: 2,
    cause: "c",
    error: "e",
    face: "cli" as const,
    job: "j",
    address: "::1",
    durationMs: 1,
  };
  const unmapped: string[] = [];
  const look = (
    value: object,
    properties: Record<string, { properties?: object; type?: string }>,
    path: string,
  ): void => {
    for (const [key, item] of Object.entries(value) as [string, unknown][]) {
      expect([path, key, item]).not.toContain(undefined);
      const found = properties[key];
      if (found === undefined) unmapped.push(`${path}${key}`);
      else if (found.properties && typeof item === "object" && item !== null)
        look(item, found.properties as never, `${path}${key}.`);
    }
  };
  look(document(event), mapping.mappings.properties as never, "");
  expect(unmapped).toEqual([]);
});
