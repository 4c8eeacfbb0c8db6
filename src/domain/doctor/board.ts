import { lines, numberOf } from "../node/sections.ts";
import { type Check, warning } from "./check.ts";

/** What small boards such as a Raspberry Pi are set up wrongly in. Null for what could not be read. */
export interface BoardModel {
  /** `uname -m`: the kernel's processor, which is not always that of the programs. */
  readonly machine: string | null;
  /** 32 or 64: what the programs were built for. */
  readonly bits: number | null;
  /** The kernel counts and limits the memory of containers. */
  readonly memoryControl: boolean | null;
  /** The file with the kernel's command line, where the firmware reads it from one. */
  readonly cmdlineFile: string | null;
  /** It has a clock that goes on without power. */
  readonly rtc: boolean;
  /** Something keeps its clock in time. */
  readonly synchronised: boolean | null;
  /** Size of the SD card that `/` is on, in bytes; null where it is on something else. */
  readonly cardBytes: number | null;
}

/** sh text that tells it, line by line; see `parseBoard`. */
export const readBoard = `
echo "machine $(uname -m)"
# The fifth byte of a program says it where there is no getconf: 1 is 32 bits, 2 is 64.
echo "bits $(getconf LONG_BIT 2>/dev/null || head -c 5 /bin/sh 2>/dev/null | tail -c 1 | od -An -tu1)"
echo "controllers $(cat /sys/fs/cgroup/cgroup.controllers 2>/dev/null)"
sed -n 's/^memory[[:blank:]].*[[:blank:]]\\([01]\\)$/memory \\1/p' /proc/cgroups 2>/dev/null
for file in /boot/firmware/cmdline.txt /boot/cmdline.txt; do
  if [ -f "$file" ]; then echo "cmdline $file"; break; fi
done
for rtc in /sys/class/rtc/rtc*; do if [ -e "$rtc" ]; then echo rtc; break; fi; done
# chrony tells the kernel only where its config says so.
case $(timeout 3 chronyc -n tracking 2>/dev/null | sed -n 's/^Leap status *: //p') in
  Normal) echo "synchronised yes" ;;
  *) echo "synchronised $(timeout 3 timedatectl show -p NTPSynchronized --value 2>/dev/null)" ;;
esac
case $(df -P / 2>/dev/null | tail -n 1) in
  /dev/mmcblk* | /dev/root*)
    for card in /sys/block/mmcblk*; do
      [ "$(cat "$card/device/type" 2>/dev/null)" != SD ] || { echo "card $(cat "$card/size")"; break; }
    done ;;
esac`;

/** Reads what `readBoard` printed. Never throws. */
export function parseBoard(text: string): BoardModel {
  const told = new Map(lines(text).map((line) => [line.split(" ", 1)[0], line.replace(/^\S+ */, "")]));
  const sectors = numberOf(told.get("card"));
  const synchronised = told.get("synchronised");
  return {
    machine: told.get("machine") ?? null,
    bits: { "1": 32, "32": 32, "2": 64, "64": 64 }[told.get("bits") ?? ""] ?? null,
    memoryControl: memoryControl(told.get("controllers") ?? "", told.get("memory")),
    cmdlineFile: told.get("cmdline") ?? null,
    rtc: told.has("rtc"),
    synchronised: synchronised === "yes" ? true : synchronised === "no" ? false : null,
    cardBytes: sectors === null ? null : sectors * 512,
  };
}

/**
 * `controllers`: those of control groups version 2. `memory`: `1` where the kernel has it switched on; newer kernels list
 * those of version 1 only.
 */
function memoryControl(controllers: string, memory: string | undefined): boolean | null {
  const second = controllers.split(" ").filter((name) => name !== "");
  if (second.includes("memory") || memory === "1") return true;
  return memory === "0" || second.length > 0 ? false : null;
}

/** Told only where it is so. */
export function userlandCheck(board: BoardModel | undefined): readonly Check[] {
  if (board?.bits !== 32 || !/^(?:aarch64|arm64|x86_64)$/.test(board.machine ?? "")) return [];
  const found = `its programs have 32 bits, its kernel has 64 (${String(board.machine)}): Docker pulls 32-bit images, which many no longer offer`;
  return [warning("userland", found, "Install the 64-bit edition of its system.")];
}

/** Told only where it is off, as on a Raspberry Pi that nobody has told otherwise. */
export function memoryControlCheck(board: BoardModel | undefined): readonly Check[] {
  if (board?.memoryControl !== false) return [];
  const found = "its kernel does not count the memory of containers: `-m` limits nothing, and `stats` shows none";
  const words = "`cgroup_enable=memory cgroup_memory=1`";
  const where =
    board.cmdlineFile === null
      ? `Add ${words} to the kernel's command line (GRUB_CMDLINE_LINUX in /etc/default/grub, then \`update-grub\`)`
      : `Add ${words} to the end of the one line in ${board.cmdlineFile}`;
  return [warning("cgroup-memory", found, `${where}, and restart it.`)];
}
