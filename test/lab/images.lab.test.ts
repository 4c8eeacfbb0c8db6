import { beforeAll, describe, expect, test } from "vitest";
import ImageRemove from "../../commands/image/remove.ts";
import Images from "../../commands/images.ts";
import Log from "../../commands/log.ts";
import type { RemovedImageRow } from "../../src/app/image/remove.ts";
import type { ImageRow } from "../../src/app/images.ts";
import type { PictlEvent } from "../../src/domain/events/event.ts";
import { pictl } from "../support/cli.ts";
import { type DocumentOf, documentOf, runCommand } from "../support/command.ts";
import { labObstacle, withLab } from "../support/lab.ts";

const obstacle = await labObstacle();

/** An image of one static busybox, without a registry. */
const importImage = (name: string): string =>
  `tar -cC / bin/busybox | docker import --change 'CMD ["/bin/busybox","sleep","600"]' - ${name} >/dev/null`;

describe.skipIf(obstacle !== undefined)("images and image remove", () => {
  const lab = withLab({ nodes: 3 });
  const images = async (...words: string[]) =>
    documentOf(await runCommand(Images, [...words, "--json"], lab.status().config)) as DocumentOf<{
      images: ImageRow[];
    }>;
  const remove = async (...words: string[]) =>
    documentOf(await runCommand(ImageRemove, [...words, "--json"], lab.status().config)) as DocumentOf<{
      images: RemovedImageRow[];
    }>;
  const tagsOn = async (node: string): Promise<string[]> =>
    (await images("--node", node)).result.images.flatMap((row) => row.tags);

  // The layout places web on n1 and clock on n2.
  beforeAll(async () => {
    await lab.inside("n1", `${importImage("web")} && docker tag web web:old && docker run -d --name theirs web:old`);
    await lab.inside("n2", `${importImage("web")} && ${importImage("spare:1")} && docker tag spare:1 other:2`);
    // The name goes to the second image; the first is left dangling.
    await lab.inside(
      "n3",
      `${importImage("spare:1")} && ${importImage("spare:1")} && docker create --name asleep spare:1`,
    );
  });

  test("every image of every node, with who needs it", async () => {
    const { result, failures } = await images();
    expect(failures).toEqual([]);
    const rows = result.images.map(({ node, tags, wantedBy, usedBy, dangling }) => ({
      node,
      tags,
      wantedBy,
      usedBy,
      dangling,
    }));
    expect(rows).toEqual([
      { node: "n1", tags: ["web:latest", "web:old"], wantedBy: ["web"], usedBy: ["theirs"], dangling: false },
      { node: "n2", tags: ["other:2", "spare:1"], wantedBy: [], usedBy: [], dangling: false },
      { node: "n2", tags: ["web:latest"], wantedBy: [], usedBy: [], dangling: false },
      { node: "n3", tags: ["spare:1"], wantedBy: [], usedBy: ["asleep"], dangling: false },
      { node: "n3", tags: [], wantedBy: [], usedBy: [], dangling: true },
    ]);
    expect(result.images[0]).toMatchObject({ id: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) as string });
    expect(result.images[0]?.sizeBytes).toBeGreaterThan(100_000);
    expect(result.images[0]?.ageMs).toBeLessThan(600_000);
    expect(Date.parse(result.images[0]?.createdAt ?? "")).toBeGreaterThan(Date.now() - 600_000);
  });

  test("what the layout needs, or a container, is refused on that node alone", async () => {
    const dry = await remove("web", "--dry-run");
    expect(dry.exitCode).toBe(1);
    expect(dry.failures).toMatchObject([{ code: "image-in-use", node: "n1", container: "web" }]);
    expect(dry.result.images.map((row) => [row.node, row.outcome])).toEqual([
      ["n2", "would run: docker image rm web:latest"],
      ["n3", "is not there"],
    ]);
    expect(await remove("web:old", "--yes")).toMatchObject({
      failures: [{ code: "image-in-use", container: "theirs" }],
    });
    expect(await tagsOn("n1")).toEqual(["web:latest", "web:old"]);
  });

  test("nobody to ask, no such image, no such reference", async () => {
    expect(await remove("spare:1", "--node", "n2").catch((error: unknown) => error)).toMatchObject({
      exitCode: 4,
      failures: [{ code: "confirmation-missing" }],
    });
    expect(await remove("nope", "--yes")).toMatchObject({ exitCode: 1, failures: [{ code: "image-missing" }] });
    expect((await runCommand(ImageRemove, ["--yes", "--", "-f"], lab.status().config)).code).toBe(2);
  });

  test("a name is taken away, then the image; the events say so", async () => {
    expect((await remove("spare:1", "--node", "n2", "--yes")).result.images).toMatchObject([
      { node: "n2", image: "spare:1", changed: true, outcome: "untagged" },
    ]);
    const id = (await images("--node", "n2")).result.images.find((row) => row.tags.includes("other:2"))?.id ?? "";
    const run = await runCommand(ImageRemove, [id.slice(7, 19), "--yes"], lab.status().config);
    expect(run.code).toBe(0);
    expect(run.stdout).toMatch(/^other:2 +n2 +removed$/m);
    expect(await tagsOn("n2")).toEqual(["web:latest"]);
    const log = await runCommand(Log, ["--type", "image.removed", "--json"], lab.status().config);
    const { events } = (JSON.parse(log.stdout) as { result: { events: PictlEvent[] } }).result;
    expect(events.map(({ node, after }) => ({ node, after }))).toEqual([
      { node: "n2", after: { removed: "spare:1", tags: ["other:2"] } },
      { node: "n2", after: { removed: "other:2", tags: [] } },
    ]);
  });

  test("--force removes under a stopped container, and never under one that runs", async () => {
    expect((await remove("spare:1", "--node", "n3", "--yes")).exitCode).toBe(1);
    expect((await remove("spare:1", "--node", "n3", "--yes", "--force")).exitCode).toBe(0);
    expect(await tagsOn("n3")).toEqual([]);
    const refused = await remove("web", "web:old", "--node", "n1", "--yes", "--force");
    expect(refused.failures).toMatchObject([
      { code: "image-in-use", message: expect.stringContaining("runs on it") as string },
    ]);
  });

  test("a person is asked what goes from where", async () => {
    const config = lab.status().config;
    const no = await pictl(["image", "remove", "web"], { config, terminal: true, stdin: "n\n" });
    expect(no.stdout).toContain("Remove web:latest from n2?");
    expect(await tagsOn("n2")).toEqual(["web:latest"]);
  });

  test("a dead node hinders nobody else", async () => {
    await lab.kill("n3");
    const { result, exitCode, failures } = await remove("web:latest", "--yes", "--node", "n2", "--node", "n3");
    expect(exitCode).toBe(3);
    expect(failures).toMatchObject([{ code: "node-unreachable", node: "n3" }]);
    expect(result.images).toMatchObject([{ node: "n2", outcome: "removed" }]);
  });
});
