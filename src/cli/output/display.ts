import { Listr, type ListrDefaultRendererLogLevels, ListrLogger, ProcessOutput } from "listr2";
import type { Display } from "./progress.ts";

/**
 * The live display: one listr2 task whose output is the steps under way. One task and not one per step, because
 * listr2 redraws all of them at every update, which takes seconds of CPU from about a hundred tasks on.
 * It writes to stderr, and is cleared when it closes: what remains to be said is in the results.
 */
export function openDisplay(): Display {
  let finish: () => void = () => undefined;
  const finished = new Promise<void>((resolve) => {
    finish = resolve;
  });
  let draw: Display["draw"] = () => undefined;
  const list = new Listr(
    [
      {
        title: "working",
        task: async (_context, task): Promise<void> => {
          draw = (title, lines) => {
            task.title = title;
            task.output = lines.join("\n");
          };
          await finished;
        },
      },
    ],
    {
      renderer: "default",
      rendererOptions: {
        clearOutput: true,
        removeEmptyLines: true,
        logger: new ListrLogger<ListrDefaultRendererLogLevels>({
          processOutput: new ProcessOutput(process.stderr, process.stderr),
        }),
      },
      // Ctrl-C is the command's to handle.
      registerSignalListeners: false,
    },
  );
  const ended = list.run();
  return {
    draw: (title, lines) => {
      draw(title, lines);
    },
    async close() {
      finish();
      await ended;
    },
  };
}
