import type { ImageRow } from "../../app/images.ts";
import type { Model } from "../../watch/model.ts";
import { bytes, duration, localTime } from "../../view/text/units.ts";
import { type Fact, listView, type Row } from "./list.ts";
import { shortId } from "../../domain/text.ts";

interface ImageLine extends Row {
  readonly image: ImageRow;
  /** Of several names of one image, each has a line. */
  readonly name: string;
}

function rows(model: Model): readonly ImageLine[] {
  return [...model.nodes.values()].flatMap((node) =>
    node.images.flatMap((image) =>
      (image.dangling ? [shortId(image.id)] : image.tags).map((name): ImageLine => {
        const id = `${node.node}/${image.id}/${name}`;
        return { id, subject: { kind: "image", image: name, node: node.node }, image, name };
      }),
    ),
  );
}

export const images = listView<ImageLine>({
  rows,
  title: ({ image, name }) => `${name} on ${image.node}`,
  text: ({ image, name }) => `${name} ${image.node} ${image.id} ${uses(image)}`.toLowerCase(),
  labels: ({ image }, model) => model.nodes.get(image.node)?.spec.labels ?? {},
  empty: (model) =>
    [...model.nodes.values()].some((node) => node.docker.state === "answering")
      ? "No node has an image. `b` builds those of the layout, `p` pulls one."
      : "No node has told of its images yet.",
  columns: [
    {
      title: "IMAGE",
      value: ({ name, image }) => (image.dangling ? "(no name)" : name),
      tone: ({ image }) => (image.dangling ? "dim" : undefined),
      min: 16,
      max: 44,
      rank: 0,
      sort: ({ name }) => name,
    },
    { title: "NODE", value: ({ image }) => image.node, min: 6, max: 16, rank: 0, sort: ({ image }) => image.node },
    {
      title: "SIZE",
      value: ({ image }) => bytes(image.sizeBytes),
      align: "right",
      min: 8,
      max: 9,
      rank: 1,
      sort: ({ image }) => -image.sizeBytes,
    },
    {
      title: "AGE",
      value: ({ image }) => age(image),
      align: "right",
      min: 6,
      max: 7,
      rank: 2,
      sort: ({ image }) => image.ageMs,
    },
    { title: "ID", value: ({ image }) => shortId(image.id), min: 12, max: 12, rank: 4 },
    { title: "USED BY", value: ({ image }) => uses(image), min: 8, max: 60, rank: 1 },
  ],
  tabs: [{ title: "Details", lines: details }],
});

/** Images that are built to be the same every time are dated to the epoch. */
function age({ createdAt, ageMs }: ImageRow): string {
  return createdAt.startsWith("1970-") ? "-" : duration(ageMs);
}

function uses({ wantedBy, usedBy }: ImageRow): string {
  const wanted = wantedBy.map((name) => (usedBy.includes(name) ? name : `${name} (not created)`));
  return [...wanted, ...usedBy.filter((name) => !wantedBy.includes(name))].join(", ");
}

function details({ image }: ImageLine): readonly Fact[] {
  return [
    { name: "names", value: image.tags.join(", ") || "none" },
    { name: "id", value: shortId(image.id) },
    { name: "node", value: image.node },
    { name: "size", value: bytes(image.sizeBytes) },
    { name: "made", value: image.createdAt.startsWith("1970-") ? "-" : localTime(image.createdAt) },
    { name: "used by", value: uses(image) || "nothing: `pictl prune` removes it" },
  ];
}
