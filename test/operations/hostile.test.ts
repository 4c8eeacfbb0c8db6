import { expect, test } from "vitest";
import { PictlError } from "../../src/domain/errors.ts";
import { operations } from "../../src/operations/index.ts";
import { shownInput } from "../../src/operations/shown.ts";
import { Random } from "../sim/random.ts";

const strange: readonly unknown[] = [
  null,
  true,
  false,
  0,
  -1,
  1e308,
  NaN,
  "",
  "\0",
  "../../etc/passwd",
  "$(id)",
  "-rf",
  "\u202e",
  "x".repeat(5000),
  [],
  [[]],
  [null],
  {},
  { toString: 1 },
  { __proto__: { all: true } },
  Array.from({ length: 2000 }, () => "x"),
];

test("whatever an input is, it is taken or refused with a sentence", () => {
  const generator = new Random(1);
  const random = (): number => generator.next();
  const pick = <T>(all: readonly T[]): T => all[Math.floor(random() * all.length)] as T;
  for (let count = 0; count < 20_000; count++) {
    const operation = pick(operations);
    const names = [...Object.keys(operation.input.shape), "constructor", "__proto__", "nonsense"];
    const input = Object.fromEntries(
      Array.from({ length: Math.floor(random() * 4) }, () => [pick(names), pick(strange)]),
    );
    try {
      expect(shownInput(operation, random() < 0.05 ? pick(strange) : input)).toBeTypeOf("object");
    } catch (error) {
      expect(error, JSON.stringify([operation.id, input])).toBeInstanceOf(PictlError);
      expect(error).toMatchObject({ code: "usage" });
    }
  }
});
