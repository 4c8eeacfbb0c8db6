import fc from "fast-check";
import { expect, test } from "vitest";
import { foldNames } from "../../../src/domain/exec/fold-names.ts";

test.each([
  [["n1", "n2", "n3", "db"], "n[1-3],db"],
  [["n1"], "n1"],
  [["n3", "n1"], "n[1,3]"],
  [["n08", "n09", "n10", "n12"], "n[08-10,12]"],
  [["n9", "n10"], "n[9-10]"],
  [["n1", "n01"], "n[1,01]"],
  [["10.77.0.11", "10.77.0.12"], "10.77.0.[11-12]"],
  [["rack1-a", "rack2-a", "rack2-b"], "rack[1-2]-a,rack2-b"],
  [["x99999999999999999999"], "x99999999999999999999"],
  [[], ""],
])("%j → %s", (names, text) => {
  expect(foldNames(names)).toBe(text);
});

test("every name can be read back", () => {
  const name = fc.tuple(
    fc.constantFrom("n", "web-", ""),
    fc.constantFrom("1", "2", "9", "10", "01", "02", "010", "11", ""),
  );
  fc.assert(
    fc.property(
      fc.uniqueArray(name.map(([prefix, digits]) => prefix + digits).filter((text) => text !== "")),
      (names) => {
        expect(unfold(foldNames(names)).sort()).toEqual([...names].sort());
      },
    ),
  );
});

/** As ClusterShell reads it, zeros in front included. */
function unfold(text: string): string[] {
  return (text.match(/(?:[^,[]|\[[^\]]*\])+/g) ?? []).flatMap((group) => {
    const [, prefix = "", ranges, suffix = ""] = /^([^[]*)\[([^\]]*)\](.*)$/.exec(group) ?? [];
    if (ranges === undefined) return [group];
    return ranges.split(",").flatMap((range) => {
      const [first = "", last = first] = range.split("-");
      const count = Number(last) - Number(first) + 1;
      return Array.from({ length: count }, (_, at) => {
        return prefix + String(Number(first) + at).padStart(first.length, "0") + suffix;
      });
    });
  });
}
