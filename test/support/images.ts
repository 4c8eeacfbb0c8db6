/** The images of `images/` for labs, which need the busybox that a lab's own image has. */
import { cpSync, readdirSync } from "node:fs";
import { join } from "node:path";

const images = join(import.meta.dirname, "images");

export const imageNames: readonly string[] = readdirSync(images);

/** Makes `folder` the build folder of this image. `lab`: the lab's folder. */
export function provideImage(lab: string, name: string, folder: string): void {
  cpSync(join(images, name), folder, { recursive: true });
  provideBusybox(lab, folder);
}

/** Its programs are in `rootfs/bin` then. */
export function provideBusybox(lab: string, folder: string): void {
  const options = { recursive: true, verbatimSymlinks: true };
  cpSync(join(lab, "docker/web/rootfs/bin"), join(folder, "rootfs/bin"), options);
}
