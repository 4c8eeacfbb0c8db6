import type { ImageFiles, StoredImage, WantedImage } from "../../domain/delivery/stored.ts";
import type { Connection } from "./connection.ts";

/**
 * Images that came from one node, on their way to others and for when that one is gone, as files of this machine. What fits no
 * more goes, what was used longest ago first. Everything rejects with state-write-failed where the folder cannot be used.
 */
export interface ImageStore {
  /** The image that a node can be given, all of its files being here; undefined where there is none. */
  find(wanted: WantedImage): Promise<StoredImage | undefined>;
  /** Remembers an image whose files have come; drops what there is no more room for. */
  keep(image: Omit<StoredImage, "usedAtMs">): Promise<StoredImage>;
  /** Which layers are here, by what is in them. */
  diffIds(): Promise<ReadonlySet<string>>;
  /**
   * A registry that the node's Docker, and nobody who does not know `Door.name`, reaches on the node itself. Undefined where
   * sshd forwards no ports. Rejects with connection-lost and interrupted.
   */
  openDoor(connection: Connection, purpose: DoorPurpose, signal: AbortSignal): Promise<Door | undefined>;
  /** An image as an archive that `docker image load` takes, under this name, without its lowest layers. */
  archive(image: ImageFiles, options: { readonly name: string; readonly there: number }): ImageArchive;
  /**
   * Takes the files of an archive with one image. `known`: the layers that it lacks because they are here, by the names that
   * the archive has for them, each with what is in it. Rejects with image-invalid for what is none.
   */
  takeArchive(
    chunks: AsyncIterable<Uint8Array>,
    options?: { readonly known?: ReadonlyMap<string, string>; readonly maxBytes?: number },
  ): Promise<TakenImage>;
  /**
   * Takes the files of an archive with one image, or with one for each of several platforms (an OCI layout); at least one.
   * Rejects as `takeArchive`.
   */
  takeImages(chunks: AsyncIterable<Uint8Array>): Promise<readonly TakenImage[]>;
}

export interface TakenImage extends ImageFiles {
  /** What the archive calls it. */
  readonly tags: readonly string[];
}

export type DoorPurpose =
  /** One image may be pulled, and nothing else be seen. */
  | { readonly gives: ImageFiles }
  /** One image may be pushed, of no more than so many bytes. */
  | { readonly takes: { readonly maxBytes: number } };

export interface Door {
  /** `127.0.0.1:24873/…`: what docker on the node calls the repository. */
  readonly name: string;
  /** Bytes of files that have gone through it. */
  readonly bytes: () => number;
  /** What was pushed last; undefined when it is not whole. */
  readonly taken: () => Promise<ImageFiles | undefined>;
  /** Never rejects. */
  close(): Promise<void>;
}

export interface ImageArchive {
  /** Of the files in it. */
  readonly bytes: number;
  readonly chunks: AsyncIterable<Uint8Array>;
}
