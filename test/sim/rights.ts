import type { Privilege } from "../../src/app/ports.ts";
import { keepScript, recallScript } from "../../src/domain/leadership/shared.ts";
import { type Command, render } from "../../src/domain/shell.ts";
import { buildText } from "./node.ts";

/** Root is the login of one node, of the next one who may sudo, of the third one of docker's group who may sudo, and so on. */
export function loginOf(node: string): Privilege {
  const kind = Number(/\d+$/.exec(node)?.[0] ?? 1) % 3;
  return { root: kind === 1, docker: kind !== 2, sudo: kind !== 1 };
}

const ofRoot = [keepScript, recallScript];
/** Of `vip.sh`; the others only look. */
const changes = ["ask", "check", "grant", "remove"];

/** Why a node runs a command not, as this login and with or without sudo; undefined when it runs it. */
export function refusalOf(command: Command, { root, docker, sudo }: Privilege, withSudo: boolean): string | undefined {
  if (withSudo && (root || !sudo)) throw new RangeError(`sudo that is not needed, or not there: ${render(command)}`);
  if (root || withSudo) return undefined;
  if (command.kind === "script") {
    const isOfRoot =
      command.text === "vip.sh" ? changes.includes(command.args[0] ?? "") : ofRoot.includes(command.text);
    if (isOfRoot) return "Permission denied";
  }
  const asksDocker =
    (command.kind === "words" && command.words[0] === "docker") ||
    (command.kind === "script" && command.text === buildText);
  return asksDocker && !docker ? "permission denied while trying to connect to Docker" : undefined;
}
