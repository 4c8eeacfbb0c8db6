import type { EditableConfigStore } from "../../app/ports.ts";
import { readConfigFile, configStamp } from "./file.ts";
import { loadConfig, placeInText } from "./load.ts";
import type { StoreOptions } from "./options.ts";

/** The config at an absolute path. Opening does nothing; every read sees the file as it is then. */
export function openConfigStore(path: string, options: StoreOptions = {}): EditableConfigStore {
  return {
    path,
    stamp: () => configStamp(path),
    async read() {
      const file = await readConfigFile(path);
      const { config, raw, warnings } = loadConfig(file.text, placeInText(path, file, options));
      return { config, raw, warnings };
    },
    async preview(edits) {
      const { previewConfig } = await import("./change.ts");
      return previewConfig(path, edits, options);
    },
    async change(edits) {
      const { changeConfig } = await import("./change.ts");
      await changeConfig(path, edits, options);
    },
    async inspect() {
      const { inspectConfig } = await import("./inspect.ts");
      return inspectConfig(path, options);
    },
    async check(text) {
      const { checkText } = await import("./inspect.ts");
      return checkText(path, text, options);
    },
    async apply(edits) {
      const { applyToConfig } = await import("./change.ts");
      await applyToConfig(path, edits, options);
    },
    async replace(texts) {
      const { replaceConfig } = await import("./change.ts");
      await replaceConfig(path, texts, options);
    },
  };
}
