import { PictlError } from "../errors.ts";

/**
 * Docker's rule for the repository part of a reference without slashes (distribution/reference, path-component).
 * Container names allow more than image names do. Throws config-invalid.
 */
export function checkImageName(name: string): void {
  if (/^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/.test(name)) return;
  throw new PictlError("config-invalid", `"${name}" cannot be the name of an image, so it cannot be built under it.`, {
    container: name,
    hint:
      "Image names are of lower-case letters and digits, with single `.` or `_`, `__` or dashes between them: " +
      `rename the container, or give it an \`image\` in the layout.`,
  });
}
