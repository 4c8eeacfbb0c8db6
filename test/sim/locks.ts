import { holdLocks } from "../../src/domain/lock/command.ts";
import type { Command } from "../../src/domain/shell.ts";

/** The files under /run/lock/pictl of one node. A lock is free as soon as the command that holds it has ended. */
export class SimLocks {
  readonly #held = new Map<string, { readonly line: symbol; readonly holder: string }>();

  /** What the lock command prints. */
  take(names: readonly string[], holder: string, line: symbol): string {
    return names
      .map((name) => {
        const other = this.#held.get(name);
        if (other) return `held ${name} ${other.holder}\n`;
        this.#held.set(name, { line, holder });
        return `free ${name}\n`;
      })
      .join("");
  }

  release(line: symbol): void {
    for (const [name, held] of this.#held) if (held.line === line) this.#held.delete(name);
  }

  /** Names of what is held. */
  get held(): readonly string[] {
    return [...this.#held.keys()];
  }

  clear(): void {
    this.#held.clear();
  }
}

const lockText = (holdLocks([], { who: "", cause: "", since: "" }) as Extract<Command, { kind: "script" }>).text;

/** The locks that src/domain/lock/command.ts asks for. Throws a RangeError for any other command. */
export function lockNames(command: Command): readonly string[] {
  if (command.kind !== "script" || command.text !== lockText) throw new RangeError("no lock command");
  return command.args.slice(2);
}

export function lockHolder(command: Command): string {
  return command.kind === "script" ? (command.args[0] ?? "") : "";
}
