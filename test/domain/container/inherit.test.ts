import { describe, expect, test } from "vitest";
import { inherit } from "../../../src/domain/container/inherit.ts";

const a = "a".repeat(64);
const b = "b".repeat(64);
const at = (name: string, target: string) => ({ name, target });

describe("a new container takes over from the one before it", () => {
  test.each<[string, readonly string[], readonly string[] | undefined, readonly string[]]>([
    ["what `-v PLACE` has made", ["-v", "/data/"], [], ["-v", "/data/", "-v", `${a}:/data`]],
    ["what its image declares", ["-p", "80"], ["/data/"], ["-p", "80", "-v", `${a}:/data`]],
    ["what its image may declare, which is not there yet", [], undefined, ["-v", `${a}:/data`]],
    [
      "what `--mount` has made",
      ["--mount", "type=volume,dst=/data,readonly"],
      ["/data"],
      ["--mount", `type=volume,dst=/data,readonly,source=${a}`],
    ],
    ["the same in one word", ["--mount=target=/data"], [], [`--mount=target=/data,source=${a}`]],
  ])("%s", (_, args, declared, expected) => {
    expect(inherit(args, { volumes: [at(a, "/data")], declared })).toEqual({ args: expected, left: [] });
  });

  test.each<[string, readonly string[], readonly string[] | undefined]>([
    ["the image declares no more", [], []],
    ["a named volume is now, as `move` advises", ["-v", "web-data:/data"], ["/data"]],
    ["a folder is now", ["--mount", "type=bind,source=/srv,target=/data"], undefined],
    ["memory is now", ["--tmpfs", "/data"], ["/data"]],
  ])("and what is where %s is left", (_, args, declared) => {
    const left = [at(a, "/data")];
    expect(inherit(args, { volumes: left, declared })).toEqual({ args, left });
  });

  test("what has a name is the arguments' own, and so is what they name by its digits", () => {
    const args = ["-v", "stuff:/stuff", "-v", `${a}:/data`, "-v", "/scratch"];
    const volumes = [at("stuff", "/stuff"), at(a, "/data"), at(b, "/scratch"), at("old", "/old")];
    expect(inherit(args, { volumes, declared: ["/data"] })).toEqual({
      args: [...args, "-v", `${b}:/scratch`],
      left: [],
    });
  });
});
