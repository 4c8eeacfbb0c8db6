import { visible } from "../../text.ts";

/** What a docker command that worked warns of on stderr, where it also tells what it pulls. */
export function dockerWarnings(stderr: string): readonly string[] {
  return stderr.split("\n").flatMap((line) => {
    const said = /^\s*WARNING:?\s+(.+?)\s*$/i.exec(line)?.[1];
    return said === undefined ? [] : [visible(said)];
  });
}
