import type { LocalTerminal } from "../../app/shell.ts";
import { PictlError } from "../../domain/errors.ts";
import { sinkOf } from "../output/sink.ts";

/** The terminal that pictl was started on. Throws usage where stdin and stdout are none. */
export function localTerminal(): LocalTerminal {
  const { stdin, stdout } = process;
  const missing = [stdin.isTTY ? "" : "stdin", stdout.isTTY ? "" : "stdout"].filter((name) => name !== "");
  if (missing.length > 0) {
    const verb = missing.length === 1 ? "is" : "are";
    throw new PictlError("usage", `A shell needs a terminal, and ${missing.join(" and ")} ${verb} none.`, {
      hint: '`pictl exec "COMMAND"` runs a command without one.',
    });
  }
  const { TERM: term = "" } = process.env;
  return {
    escape: true,
    // It stands in a command line on the node.
    term: /^[A-Za-z0-9][A-Za-z0-9._+-]{0,63}$/.test(term) ? term : "vt100",
    size: () => ({ columns: stdout.columns || 80, rows: stdout.rows || 24 }),
    write: sinkOf(stdout),
    enter({ onInput, onResize }) {
      const toOldMode = (): void => void stdin.setRawMode(false);
      const typed = (bytes: Uint8Array): void => void onInput(bytes);
      stdin.setRawMode(true);
      process.once("exit", toOldMode);
      process.once("SIGHUP", hungUp);
      stdin.on("data", typed);
      stdin.resume();
      stdout.on("resize", onResize);
      return () => {
        process.off("exit", toOldMode);
        process.off("SIGHUP", hungUp);
        stdin.off("data", typed);
        stdin.pause();
        stdout.off("resize", onResize);
        toOldMode();
      };
    },
  };
}

/** Its default would end the process without the terminal being put back. */
function hungUp(): never {
  process.exit(129);
}
