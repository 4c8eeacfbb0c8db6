import { expect, test } from "vitest";
import type { ImageRow } from "../../../src/app/images.ts";
import { imagesView, removedImagesView } from "../../../src/view/image/images.ts";

function row(parts: Partial<ImageRow>): ImageRow {
  return {
    node: "n1",
    id: `sha256:${"a1b2c3d4".repeat(8)}`,
    tags: ["web:latest"],
    sizeBytes: 5_000_000,
    createdAt: "2026-11-20T00:00:00.000Z",
    ageMs: 3 * 86_400_000,
    wantedBy: [],
    usedBy: [],
    dangling: false,
    ...parts,
  };
}

test("one line for each name; the nameless are told, and what the layout misses", () => {
  const images = [
    row({ tags: ["web:1", "web:latest"], wantedBy: ["web"], usedBy: ["web", "theirs"] }),
    row({ node: "n2", wantedBy: ["web"], createdAt: "1970-01-01T00:00:00.000Z" }),
    row({ node: "n2", tags: [], dangling: true }),
  ];
  expect(imagesView({ images }, { colour: false, width: 80 }))
    .toBe(`NODE  IMAGE       ID               SIZE  AGE  USED BY
n1    web:1       a1b2c3d4a1b2  4.8 MiB  3 d  web, theirs
n1    web:latest  a1b2c3d4a1b2  4.8 MiB  3 d  web, theirs
n2    web:latest  a1b2c3d4a1b2  4.8 MiB    -  web (not created)
n2    (dangling)  a1b2c3d4a1b2  4.8 MiB  3 d
`);
});

test("what became of images; nothing when there was nothing to do", () => {
  const id = `sha256:${"a1b2c3d4".repeat(8)}`;
  const images = [
    { node: "n1", image: "web:1", id, changed: true, outcome: "removed" },
    { node: "n2", image: id, id, changed: true, outcome: "removed" },
  ];
  expect(removedImagesView({ images }, { colour: false, width: 80 })).toBe(`IMAGE         NODE  OUTCOME
web:1         n1    removed
a1b2c3d4a1b2  n2    removed
`);
  expect(removedImagesView({ images: [] }, { colour: false, width: 80 })).toBe("");
});
