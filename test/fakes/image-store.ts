import type { ImageStore } from "../../src/app/ports.ts";
import { PictlError } from "../../src/domain/errors.ts";

/** One that has nothing and takes nothing. */
export const noImageStore: ImageStore = {
  find: () => Promise.resolve(undefined),
  keep: () => Promise.reject(full()),
  diffIds: () => Promise.resolve(new Set()),
  openDoor: () => Promise.resolve(undefined),
  archive: () => {
    throw full();
  },
  takeArchive: () => Promise.reject(full()),
  takeImages: () => Promise.reject(full()),
};

function full(): PictlError {
  return new PictlError("state-write-failed", "The folder of images cannot be written.");
}
