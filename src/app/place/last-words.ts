import { visible } from "../../domain/text.ts";
import type { Engine, Ports } from "../ports.ts";

const lines = 3;
const columns = 200;

/** The last lines of a container's log, for the hint of a failure; empty when there are none or they cannot be read. */
export async function lastWords(ports: Pick<Ports, "signal">, engine: Engine, containerId: string): Promise<string> {
  const said: string[] = [];
  try {
    const options = { follow: false, tail: lines, since: undefined, signal: ports.signal };
    for await (const { line } of engine.logs(containerId, options)) said.push(visible(line).slice(0, columns));
  } catch {
    // The failure itself matters more.
  }
  return said.join("\n");
}
