import type { FileSystem, MemoryMeasures } from "../node/measures.ts";
import { type Check, ok, skipped, warning } from "./check.ts";
import type { BoardModel } from "./board.ts";
import type { ClockSkew } from "./clock.ts";
import type { Examination } from "./examination.ts";
import { inSeconds, size } from "./words.ts";

/** More, and times of logs and events of two nodes cannot be put in order. */
const worstSkewMs = 2_000;

const leastFreeBytes = 2 ** 30;
const leastFreeShare = 0.1;

const keepTime =
  "Let it be set by the network: `timedatectl set-ntp true`, or install chrony; `timedatectl` shows the state.";

export function clockCheck(skew: ClockSkew | null, board?: BoardModel): Check {
  if (!skew) return skipped("clock", "could not be read");
  const { skewMs, uncertaintyMs } = skew;
  const measured = { skewMs };
  const apart = Math.abs(skewMs);
  // What the round trip may have added is not held against the clock.
  if (apart - uncertaintyMs > worstSkewMs) {
    return warning(
      "clock",
      `${inSeconds(apart)} ${skewMs > 0 ? "ahead of" : "behind"} this machine's`,
      `Both must keep time. ${keepTime}`,
      measured,
    );
  }
  const told =
    apart <= uncertaintyMs ? "the same as this machine's" : `${inSeconds(apart)} ${skewMs > 0 ? "ahead" : "behind"}`;
  if (board?.synchronised === false) {
    const battery = board.rtc ? "" : ", and it has none that goes on without power: after a power cut it is wrong";
    return warning("clock", `${told}, but nothing keeps it in time${battery}`, keepTime, measured);
  }
  return ok("clock", told, measured);
}

/** The file systems of `/` and of Docker's folder; told once when they are the same. */
export function diskChecks({
  disk,
  dockerDisk: docker,
  board,
}: Pick<Examination, "disk" | "dockerDisk" | "board">): readonly Check[] {
  const root = disk ? diskCheck("disk", disk, board.cardBytes) : skipped("disk", "could not be read");
  if (!docker) return [root, skipped("docker-disk", "there is no folder of Docker's")];
  if (docker.mount === disk?.mount)
    return [root, ok("docker-disk", `on the same file system as ${disk.mount}`, free(docker))];
  return [root, diskCheck("docker-disk", docker)];
}

/** `cardBytes`: how large the SD card is that it lies on. */
function diskCheck(check: "disk" | "docker-disk", fileSystem: FileSystem, cardBytes: number | null = null): Check {
  const { totalBytes, availableBytes, mount } = fileSystem;
  const card = cardBytes === null ? "" : `, an SD card of ${size(cardBytes)}`;
  const text = `${size(availableBytes)} of ${size(totalBytes)} free on ${mount}${card}`;
  const enough = availableBytes >= leastFreeBytes && availableBytes >= totalBytes * leastFreeShare;
  if (enough) return ok(check, text, free(fileSystem));
  return warning(
    check,
    text,
    cardBytes !== null && cardBytes > totalBytes * unexpanded
      ? expand
      : makeRoom + (cardBytes === null ? "" : fullCard),
    free(fileSystem),
  );
}

/** A card this many times as large as its file system was never taken into use as a whole. */
const unexpanded = 1.5;
const expand = "Let its system use the whole card: `raspi-config --expand-rootfs`, and restart it.";
const makeRoom =
  "Make room: `docker system df` shows what Docker keeps, `docker image prune` removes images without a name.";
const fullCard = " A card that is nearly full wears out sooner, and one that is worn out turns read-only.";

function free({ totalBytes, availableBytes }: FileSystem): { totalBytes: number; availableBytes: number } {
  return { totalBytes, availableBytes };
}

export function memoryCheck({ totalBytes, availableBytes }: MemoryMeasures): Check {
  if (totalBytes === null || availableBytes === null) return skipped("memory", "could not be read");
  const measured = { totalBytes, availableBytes };
  const text = `${size(availableBytes)} of ${size(totalBytes)} available`;
  if (availableBytes >= totalBytes * leastFreeShare) return ok("memory", text, measured);
  return warning("memory", text, "See what uses it (`docker stats --no-stream`), and limit or move it.", measured);
}
