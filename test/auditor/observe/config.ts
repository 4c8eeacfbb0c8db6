/** Every version of the config file that somebody could have read. */
import { createHash } from "node:crypto";
import { readFileSync, watch } from "node:fs";
import { basename, dirname } from "node:path";
import { type ConfigSeen, now } from "../history.ts";

/** Looks at every change that the kernel tells of, and at the others when `look` is called. */
export class ConfigWatch {
  readonly #path: string;
  readonly #write: (seen: ConfigSeen) => void;
  #last = "";

  constructor(path: string, write: (seen: ConfigSeen) => void) {
    this.#path = path;
    this.#write = write;
    watch(dirname(path), { persistent: false }, (_, file) => {
      if (file === basename(path)) this.look();
    });
    this.look();
  }

  look(): void {
    const at = now();
    let text: string;
    try {
      text = readFileSync(this.#path, "utf8");
    } catch (error) {
      text = `unreadable: ${String((error as NodeJS.ErrnoException).code)}`;
    }
    const sha256 = createHash("sha256").update(text).digest("hex");
    if (sha256 === this.#last) return;
    this.#last = sha256;
    this.#write({ kind: "config", at, sha256, ...understand(text) });
  }
}

function understand(text: string): Pick<ConfigSeen, "problem" | "placements"> {
  try {
    const { layout = [] } = JSON.parse(text) as { layout?: Record<string, unknown>[] };
    const placements = layout.flatMap(({ node, ...containers }) =>
      Object.keys(containers).map((container) => ({ container, node: String(node) })),
    );
    return { problem: null, placements };
  } catch (error) {
    return {
      problem: `${error instanceof Error ? error.message : String(error)}; ${text.length} characters`,
      placements: [],
    };
  }
}
