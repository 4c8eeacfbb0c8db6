import fc from "fast-check";
import { expect, test } from "vitest";
import { editText } from "../../../src/adapters/config/edit/index.ts";
import { loadConfig, placeInText } from "../../../src/adapters/config/load.ts";
import { quote } from "../../../src/domain/shell.ts";

const place = placeInText("/etc/pictl/config.json", { mode: 0o600, link: false }, { env: {}, home: "/root" });

/** Values of environment variables: anything but a NUL, which no argument can hold. */
const text = fc.string({ unit: "binary", maxLength: 20 }).map((value) => value.replaceAll("\0", ""));
const words = fc.array(text, { maxLength: 5 }).map((values) => values.flatMap((value) => ["-e", `V=${value}`]));

function argsOf(config: string): readonly string[] | undefined {
  return loadConfig(config, place).config.placements[0]?.args;
}

test("any words come out of a JSON and a YAML config as they were put in", () => {
  fc.assert(
    fc.property(words, (list) => {
      const line = list.map(quote).join(" ");
      expect(argsOf(JSON.stringify({ layout: [{ node: "a", web: line }] }))).toEqual(list);
      const yaml = editText("layout:\n  - node: a\n", { op: "set", path: ["layout", 0, "web"], value: line });
      expect(argsOf(yaml)).toEqual(list);
    }),
    { numRuns: 300 },
  );
});
