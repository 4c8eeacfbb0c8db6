import { openConfigStore } from "../../../src/adapters/config/index.ts";

/** A process that adds containers to a config, one change each: `writer.ts FILE PREFIX COUNT`. */
async function main([path = "", prefix = "", count = "0"]: readonly string[]): Promise<void> {
  for (let index = 0; index < Number(count); index++) {
    await openConfigStore(path).change(() => [{ op: "set", path: ["layout", 0, `${prefix}-${index}`], value: "" }]);
  }
}

void main(process.argv.slice(2));
