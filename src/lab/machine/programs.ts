import { accessSync, closeSync, constants, openSync, readSync } from "node:fs";
import { join } from "node:path";

/** Where a program is, in PATH and in root's folders, which a user's PATH often lacks. */
export function findProgram(name: string): string | undefined {
  return candidates(name).find(isExecutable);
}

/** A busybox that needs no shared library, and so runs in an image that holds nothing else. */
export function staticBusybox(): string | undefined {
  return candidates("busybox").find((path) => isExecutable(path) && isStatic(path));
}

function candidates(name: string): string[] {
  const folders = [
    ...(process.env["PATH"] ?? "").split(":"),
    "/usr/local/sbin",
    "/usr/sbin",
    "/sbin",
    "/usr/bin",
    "/bin",
  ];
  return folders.filter((folder) => folder.startsWith("/")).map((folder) => join(folder, name));
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** A dynamic program names its loader right behind its ELF headers. */
function isStatic(path: string): boolean {
  const head = Buffer.alloc(4096);
  const file = openSync(path, "r");
  try {
    readSync(file, head, 0, head.length, 0);
  } finally {
    closeSync(file);
  }
  return head.toString("latin1", 0, 4) === "\x7fELF" && !/\/ld[-.\w]*\.so/.test(head.toString("latin1"));
}
