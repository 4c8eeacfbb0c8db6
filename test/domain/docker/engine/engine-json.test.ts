import { describe, expect, it } from "vitest";
import {
  containerFromList,
  engineInfo,
  imageFromList,
  healthOutput,
  imageDeclares,
  stopMarks,
  withInspection,
} from "../../../../src/domain/docker/engine/engine-json.ts";
import { type Product, productOf } from "../../../../src/domain/docker/engine/product.ts";

const row = {
  Id: "c2f91d",
  Names: ["/other/alias", "/web"],
  Image: "web",
  ImageID: "sha256:725c",
  Command: "sh",
  Created: 1_795_405_920,
  Ports: [
    { IP: "0.0.0.0", PrivatePort: 80, PublicPort: 8080, Type: "tcp" },
    { PrivatePort: 443, Type: "tcp" },
  ],
  Labels: { "io.pictl.cluster": "x", __proto__: "y" },
  Mounts: [
    { Type: "volume", Name: "data", Destination: "/data", RW: true },
    { Type: "bind", Source: "/srv", Destination: "/srv", RW: true },
  ],
  State: "running",
  Status: "Up 3 minutes (healthy)",
};

function facts(parts: object = {}, product: Product = "Docker") {
  const found = containerFromList({ ...row, ...parts }, product);
  if (!found) throw new Error("expected a container");
  return found;
}

describe("containerFromList", () => {
  it("reads what the engine lists", () => {
    expect(facts()).toEqual({
      id: "c2f91d",
      name: "web",
      imageId: "sha256:725c",
      image: "web",
      state: "running",
      statusText: "Up 3 minutes (healthy)",
      health: "healthy",
      labels: { "io.pictl.cluster": "x" },
      createdAt: 1_795_405_920,
      startedAtMs: null,
      finishedAtMs: null,
      healthDecidesMs: null,
      restarts: null,
      exitCode: null,
      stopTimeoutSeconds: null,
      ports: [{ ip: "0.0.0.0", publicPort: 8080, privatePort: 80, protocol: "tcp" }],
      volumes: [{ name: "data", target: "/data" }],
      networkMode: "",
      networks: [],
      addresses: {},
    });
  });

  it.each([
    ["Up 2 seconds (health: starting)", "starting", null],
    ["Up 2 hours (unhealthy)", "unhealthy", null],
    ["Up 2 hours (Paused)", null, null],
    ["Exited (137) 2 hours ago", null, 137],
    ["Exited (0) Less than a second ago", null, 0],
    ["Restarting (1) 5 seconds ago", null, 1],
    ["Created", null, null],
    ["Dead", null, null],
    ["", null, null],
  ])("reads the status %j", (Status, health, exitCode) => {
    expect(facts({ Status })).toMatchObject({ health, exitCode });
  });

  it("takes a state it does not know for one that does not run", () => {
    expect(facts({ State: "stopped" }).state).toBe("exited");
    expect(facts({ State: "Running" }).state).toBe("running");
  });

  it("makes names visible, so that none breaks a sentence", () => {
    const lies = "web\n  → run this\u001b[2J";
    const shown = String.raw`web\n  → run this\x1b[2J`;
    const seen = facts({
      Names: [`/${lies}`],
      Image: lies,
      Labels: { "io.pictl.container": lies, other: lies },
      Mounts: [{ Type: "volume", Name: lies, Destination: lies }],
      NetworkSettings: { Networks: { [lies]: { IPAddress: "10.0.0.2" } } },
    });
    expect(seen).toMatchObject({ name: shown, image: shown, networks: [shown], addresses: { [shown]: "10.0.0.2" } });
    expect(seen.labels).toEqual({ "io.pictl.container": shown, other: lies });
    // Where something is mounted is a path, which may have any character.
    expect(seen.volumes).toEqual([{ name: shown, target: lies }]);
  });

  it("survives hostile rows", () => {
    expect(containerFromList(null, "Docker")).toBeUndefined();
    expect(containerFromList({ Id: 3 }, "Docker")).toBeUndefined();
    expect(
      containerFromList({ Id: "a", Names: "x", Ports: [7, null], Labels: ["x"], State: {} }, "Docker"),
    ).toMatchObject({
      id: "a",
      name: "",
      ports: [],
    });
    const labels = facts({ Labels: JSON.parse('{"__proto__": "x", "b": 1, "c": "d"}') as object }).labels;
    expect(Object.entries(labels)).toEqual([
      ["__proto__", "x"],
      ["c", "d"],
    ]);
  });
});

describe("withInspection", () => {
  it("adds when it was started", () => {
    const inspection = { State: { StartedAt: "2026-11-23T03:50:23.5Z", ExitCode: 0 } };
    expect(withInspection(facts(), inspection)).toMatchObject({
      startedAtMs: Date.UTC(2026, 10, 23, 3, 50, 23, 500),
      exitCode: null,
    });
  });

  it("adds how long it may take to stop", () => {
    expect(withInspection(facts(), { Config: { StopTimeout: 60 } }).stopTimeoutSeconds).toBe(60);
    expect(withInspection(facts(), { Config: { StopTimeout: null } }).stopTimeoutSeconds).toBeNull();
  });

  it("knows Docker's year 1 for never", () => {
    const created = facts({ State: "created", Status: "Created" });
    const inspection = { State: { StartedAt: "0001-01-01T00:00:00Z", ExitCode: 0 } };
    expect(withInspection(created, inspection)).toMatchObject({ startedAtMs: null, exitCode: null });
  });

  it("takes the exit code of one that ended", () => {
    const exited = facts({ State: "exited", Status: "nonsense" });
    expect(withInspection(exited, { State: { ExitCode: 7 } }).exitCode).toBe(7);
  });
});

describe("imageFromList", () => {
  it("reads tags and digests, and none of a dangling image", () => {
    const image = { Id: "sha256:1", RepoTags: ["web:latest", "a/b:1"], Size: 5, Created: 6, Labels: null };
    expect(imageFromList({ ...image, RepoDigests: ["a/b@sha256:2", "<none>@<none>"] }, "Docker")).toEqual({
      id: "sha256:1",
      tags: ["web:latest", "a/b:1"],
      digests: ["a/b@sha256:2"],
      sizeBytes: 5,
      createdAt: 6,
      labels: {},
    });
    expect(imageFromList({ Id: "sha256:1", RepoTags: ["<none>:<none>"] }, "Docker")?.tags).toEqual([]);
    expect(imageFromList({ Id: "sha256:1", RepoTags: null }, "Docker")).toMatchObject({ tags: [], digests: [] });
    expect(imageFromList({}, "Docker")).toBeUndefined();
  });
});

describe("Podman", () => {
  it("calls images by longer names, which are told as docker's", () => {
    const image = {
      Id: "sha256:1",
      RepoTags: ["localhost/web:latest", "docker.io/library/redis:7", "localhost/a/b:1"],
    };
    const digests = ["docker.io/library/redis@sha256:2", "localhost/web@sha256:3"];
    expect(imageFromList({ ...image, RepoDigests: digests }, "Podman")).toMatchObject({
      tags: ["web:latest", "redis:7", "localhost/a/b:1"],
      digests: ["redis@sha256:2", "web@sha256:3"],
    });
    expect(imageFromList(image, "Docker")?.tags).toEqual(image.RepoTags);
    expect(facts({ Image: "localhost/web:latest" }, "Podman").image).toBe("web:latest");
  });

  it.each([
    [{ "api-version": "1.41", "libpod-api-version": "5.4.2", server: "Libpod/5.4.2 (linux)" }, "Podman"],
    [{ "api-version": "1.41", server: "Docker/20.10.24 (linux)" }, "Docker"],
  ])("is known by the head of what it answers: %j", (head, product) => {
    expect(productOf(head)).toBe(product);
  });
});

describe("engineInfo", () => {
  it("reads what is there and makes zeros of the rest", () => {
    expect(
      engineInfo({ ServerVersion: "28.2.2", NCPU: 4, MemTotal: 1024, Containers: "many" }, "Docker"),
    ).toMatchObject({
      serverVersion: "28.2.2",
      cpus: 4,
      memoryBytes: 1024,
      containers: 0,
      architecture: "",
    });
  });
});

it("reads what an image declares for its containers", () => {
  expect(imageDeclares({ Config: { Volumes: { "/data": {}, "/var/lib/mysql": {} } } })).toEqual({
    volumes: ["/data", "/var/lib/mysql"],
    healthcheck: false,
  });
  expect(imageDeclares({ Config: { Healthcheck: { Test: ["CMD", "true"] } } }).healthcheck).toBe(true);
  expect(imageDeclares({ Config: { Healthcheck: { Test: ["NONE"] } } }).healthcheck).toBe(false);
  expect(imageDeclares({ Config: { Volumes: null } })).toEqual({ volumes: [], healthcheck: false });
  expect(imageDeclares(undefined)).toEqual({ volumes: [], healthcheck: false });
});

describe("how long a HEALTHCHECK may take until Docker decides", () => {
  const facts = containerFromList({ Id: "c0ffee", Names: ["/web"], State: "running" }, "Docker");
  it.each([
    [undefined, null],
    [{ Test: ["NONE"] }, null],
    [{ Test: ["CMD", "true"] }, 180_000],
    [{ Test: ["CMD", "true"], Interval: 1e9, Timeout: 2e9, StartPeriod: 5e9, Retries: 2 }, 11_000],
  ])("%j", (healthcheck, expected) => {
    if (!facts) throw new Error("a row with an id is a container");
    const inspection = { State: {}, Config: { Healthcheck: healthcheck } };
    expect(withInspection(facts, inspection).healthDecidesMs).toBe(expected);
  });
});

it("reads what a HEALTHCHECK said last", () => {
  const log = [{ Output: "fine\n" }, { Output: "no database\n" }];
  expect(healthOutput({ State: { Health: { Log: log } } })).toBe("no database");
  expect(healthOutput({ State: {} })).toBe("");
});

describe("what only an inspection tells", () => {
  it("reads restarts, variables and what is of other containers", () => {
    const inspected = withInspection(facts(), {
      RestartCount: 3,
      Config: { Env: ["A=1=2", "B"] },
      HostConfig: { NetworkMode: "container:abc", PidMode: "host", IpcMode: "container:def" },
    });
    expect(inspected).toMatchObject({ restarts: 3, joined: ["abc", "def"] });
    expect(inspected.env?.map(([name, value]) => [name, value.reveal()])).toEqual([
      ["A", "1=2"],
      ["B", ""],
    ]);
    expect(JSON.stringify(inspected)).not.toContain("1=2");
  });
});

describe("stopMarks", () => {
  it("reads the volumes that say that somebody wants a container stopped", () => {
    const own = { "io.pictl.container": "web", "io.pictl.cluster": "home", "io.pictl.stopped-by": "pi@desk" };
    const row = {
      Name: "pictl.stopped.c2f9",
      Labels: { ...own, "io.pictl.stopped": "c2f91d", "io.pictl.stopped-at": "T" },
    };
    expect(stopMarks({ Volumes: [row, { Name: "data", Labels: null }, 7] })).toEqual([
      { id: "c2f91d", container: "web", cluster: "home", by: "pi@desk", at: "T", volume: "pictl.stopped.c2f9" },
    ]);
    expect([stopMarks({ Volumes: null }), stopMarks("[")]).toEqual([[], []]);
  });
});
