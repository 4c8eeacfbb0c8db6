import type { StateFile } from "../../src/app/ports.ts";
import type { Process } from "./process.ts";
import type { World } from "./world.ts";

/** Work on the controller's own disk takes no time and may be the last thing a process does. */
export function disk<T>(process: Process, what: string, work: () => T): Promise<T> {
  return process.ask(what, (answer) => {
    answer.resolve(work());
  });
}

/** A file that takes a moment to be written; a process that dies meanwhile has not written it. */
export function durableFile<T>(
  world: World,
  process: Process,
  name: string,
  { read, write }: { readonly read: () => T | undefined; readonly write: (value: T) => void },
): StateFile<T> {
  let written = "";
  return {
    read: () => disk(process, `read ${name}`, read),
    async write(value) {
      const text = JSON.stringify(value);
      if (text === written) return;
      const takesMs = world.random.between(1, 30);
      for (const sync of world.syncs) sync(process, name, takesMs);
      await process.ask(`sync ${name}`, (answer) => {
        world.timeline.after(takesMs, () => {
          if (process.state === "dead") return;
          write(JSON.parse(text) as T);
          written = text;
          answer.resolve(undefined);
        });
      });
    },
  };
}
