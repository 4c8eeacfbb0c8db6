/** A build folder for a lab whose container does well or badly as its variable MODE says, and answers its variable V. */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { provideBusybox } from "./images.ts";

const dockerfile = `FROM scratch
COPY rootfs /
HEALTHCHECK --interval=1s --timeout=10s --start-period=20s --retries=2 CMD wget -qO- http://127.0.0.1 >/dev/null
CMD ["/bin/sh", "/start.sh"]
`;

/** `exits`: at once, `deaf`: runs and never listens, `slow`: listens after 3 s. */
const start = `trap 'exit 0' TERM INT
mkdir -p /www
echo "$V" >/www/index.html
case $MODE in
  exits) echo "no database"; exit 3 ;;
  deaf) sleep 1000 & wait $! ;;
  slow) sleep 3 ;;
esac
httpd -f -p 80 -h /www &
wait $!
`;

/**
 * `folder`: the lab's `docker` folder. Returns what takes it away again: `lab down` leaves what it has not written.
 */
export function writeMoodyImage(folder: string, name: string): () => void {
  const image = join(folder, name);
  mkdirSync(image);
  provideBusybox(dirname(folder), image);
  writeFileSync(join(image, "Dockerfile"), dockerfile);
  writeFileSync(join(image, "rootfs/start.sh"), start);
  return () => {
    rmSync(image, { recursive: true, force: true });
  };
}
