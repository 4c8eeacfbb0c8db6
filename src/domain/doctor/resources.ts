import type { FileSystem, Memory } from "../node/measures.ts";
import { type Check, ok, skipped, warning } from "./check.ts";
import type { ClockSkew } from "./clock.ts";
import { seconds, size } from "./words.ts";

/** More, and times of logs and events of two nodes cannot be put in order. */
const worstSkewMs = 2_000;

const leastFreeBytes = 2 ** 30;
const leastFreeShare = 0.1;

export function clockCheck(skew: ClockSkew | null): Check {
  if (!skew) return skipped("clock", "could not be read");
  const { skewMs, uncertaintyMs } = skew;
  const measured = { skewMs };
  const apart = Math.abs(skewMs);
  // What the round trip may have added is not held against the clock.
  if (apart - uncertaintyMs > worstSkewMs) {
    return warning(
      "clock",
      `${seconds(apart)} ${skewMs > 0 ? "ahead of" : "behind"} this machine's`,
      "Let both keep time: `timedatectl set-ntp true`, or install chrony; `timedatectl` shows the state.",
      measured,
    );
  }
  return ok(
    "clock",
    apart <= uncertaintyMs ? "the same as this machine's" : `${seconds(apart)} ${skewMs > 0 ? "ahead" : "behind"}`,
    measured,
  );
}

/** The file systems of `/` and of Docker's folder; told once when they are the same. */
export function diskChecks(disk: FileSystem | null, docker: FileSystem | null): readonly Check[] {
  const root = disk ? diskCheck("disk", disk) : skipped("disk", "could not be read");
  if (!docker) return [root, skipped("docker-disk", "there is no folder of Docker's")];
  if (docker.mount === disk?.mount)
    return [root, ok("docker-disk", `on the same file system as ${disk.mount}`, free(docker))];
  return [root, diskCheck("docker-disk", docker)];
}

function diskCheck(check: "disk" | "docker-disk", fileSystem: FileSystem): Check {
  const { totalBytes, availableBytes, mount } = fileSystem;
  const text = `${size(availableBytes)} of ${size(totalBytes)} free on ${mount}`;
  const enough = availableBytes >= leastFreeBytes && availableBytes >= totalBytes * leastFreeShare;
  if (enough) return ok(check, text, free(fileSystem));
  return warning(
    check,
    text,
    "Make room: `docker system df` shows what Docker keeps, `docker image prune` removes images without a name.",
    free(fileSystem),
  );
}

function free({ totalBytes, availableBytes }: FileSystem): { totalBytes: number; availableBytes: number } {
  return { totalBytes, availableBytes };
}

export function memoryCheck({ totalBytes, availableBytes }: Memory): Check {
  if (totalBytes === null || availableBytes === null) return skipped("memory", "could not be read");
  const measured = { totalBytes, availableBytes };
  const text = `${size(availableBytes)} of ${size(totalBytes)} available`;
  if (availableBytes >= totalBytes * leastFreeShare) return ok("memory", text, measured);
  return warning("memory", text, "See what uses it (`docker stats --no-stream`), and limit or move it.", measured);
}
