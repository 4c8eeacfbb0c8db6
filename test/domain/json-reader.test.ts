import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type JsonLimits, JsonReader } from "../../src/domain/json-reader.ts";

const limits: JsonLimits = { bytes: 32 << 20, elements: 20_000, pieceBytes: 4 << 20, pieceValues: 50_000 };

function read(text: string, { cut = 65_536, ...some }: Partial<JsonLimits> & { cut?: number } = {}): unknown {
  const reader = new JsonReader({ ...limits, ...some });
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length; at += cut) reader.push(bytes.subarray(at, at + cut));
  return reader.end();
}

const outcome = (parse: () => unknown): unknown => {
  try {
    return { value: parse() };
  } catch (error) {
    return (error as Error).name;
  }
};

describe("what it reads", () => {
  it("is what JSON.parse reads, however it is cut", () => {
    fc.assert(
      fc.property(
        fc.jsonValue(),
        fc.integer({ min: 1, max: 9 }),
        fc.constantFrom(undefined, 1),
        (value, cut, indent) => {
          const text = JSON.stringify(value, null, indent);
          expect(read(text, { cut })).toEqual(JSON.parse(text));
        },
      ),
    );
  });

  it("is an error where it is one to JSON.parse", () => {
    const pieces = ["[", "]", "{", "}", ",", ":", '"a"', "1", "null", " ", "\\", '"', "x"];
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...pieces), { maxLength: 8 }),
        fc.integer({ min: 1, max: 3 }),
        (parts, cut) => {
          const text = parts.join("");
          expect(outcome(() => read(text, { cut }))).toEqual(outcome(() => JSON.parse(text)));
        },
      ),
      { numRuns: 5000 },
    );
  });
});

describe("what is too much", () => {
  it.each<[string, string, Partial<JsonLimits>, string]>([
    ["depth", "[".repeat(10_000_000), {}, "the answer nests deeper than 64 levels"],
    ["depth of objects", '{"a":'.repeat(65), {}, "the answer nests deeper than 64 levels"],
    ["length", `"${"x".repeat(3000)}"`, { bytes: 2048 }, "the answer is longer than 2048 bytes"],
    ["elements", "[1,2,3]", { elements: 2 }, "the answer lists more than 2 things"],
    ["values of one", "[{},[1,2,3]]", { pieceValues: 2 }, "the answer has more than 2 values in one piece"],
    ["length of one", '["a","bcdef"]', { pieceBytes: 5 }, "the answer has a piece of more than 5 bytes"],
  ])("%s: read no further", (_what, text, some, message) => {
    expect(() => read(text, some)).toThrow(new RangeError(message));
  });

  it("nothing within the limits keeps the process busy", () => {
    const worst = [
      "[".repeat(4 << 20),
      `[${"[],".repeat(24_999)}`,
      `{${Array.from({ length: 24_999 }, (_, index) => `"k${String(index)}":[]`).join(",")}}`,
      `{${Array.from({ length: 24_999 }, (_, index) => `"${String(index * 80_000)}":{}`).join(",")}}`,
      `"${"\\u0041".repeat(600_000)}"`,
      "1".repeat(4 << 20),
      `[${"[".repeat(63)}`.repeat(100),
    ];
    const cpu = process.cpuUsage();
    for (const text of worst) outcome(() => read(text));
    const { user, system } = process.cpuUsage(cpu);
    expect((user + system) / 1e6).toBeLessThan(2);
  });
});
