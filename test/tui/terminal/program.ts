// A program on the full screen, for tests of how the terminal is taken and put back: q quits, x fails, Ctrl-Z suspends,
// l lends the terminal to a command.
import { execFileSync } from "node:child_process";
import { openScreen } from "../../../src/tui/terminal/index.ts";

const { stdin, stdout, env } = process;
const keys: string[] = [];
let working = "yes";
const terminal = openScreen({
  stdin,
  stdout,
  env,
  colour: true,
  user: {
    draw: ({ columns, rows }) => [
      [{ text: `${columns}×${rows} is ours, working: ${working}` }],
      ...Array.from({ length: rows - 2 }, () => [{ text: "─".repeat(columns), tone: "good" as const }]),
      [{ text: `keys: ${keys.join(" ")}` }],
    ],
    input(event) {
      keys.push(event.kind === "key" ? event.key : event.kind);
      terminal.changed();
      if (event.kind !== "key") return;
      if (event.key === "q") void end(0);
      if (event.key === "w") process.emitWarning("something is odd");
      if (event.key === "x") setTimeout(() => failing(), 0);
      if (event.key === "C-z") void terminal.suspend();
      if (event.key === "l") {
        void terminal.lend(async () => {
          execFileSync("sh", ["-c", "echo lent; read line; echo got $line"], { stdio: "inherit" });
        });
      }
    },
    resized: () => undefined,
    ended: (code) => void end(code),
  },
});

// As a program that has connections open.
const alive = setInterval(() => {
  working = "still";
  terminal.changed();
}, 1000);

function failing(): never {
  throw new Error("it failed loudly");
}

async function end(code: number): Promise<void> {
  clearInterval(alive);
  await terminal.close();
  process.exitCode = code;
}
