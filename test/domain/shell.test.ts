import { execFileSync, spawnSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { findMe, line, quote, render, renderAlone, script, words } from "../../src/domain/shell.ts";
import { hostileWords } from "../support/hostile-words.ts";

const shells: readonly (readonly [string, ...string[]])[] = [["sh"], ["bash"], ["busybox", "sh"]];

/** Runs a line and returns the words it got, each ended by a NUL. */
function heard(shell: readonly string[], commandLine: string): string[] {
  const [program = "sh", ...args] = shell;
  const output = execFileSync(program, [...args, "-c", commandLine], { maxBuffer: 1 << 28 });
  return output.toString("utf8").split("\0").slice(0, -1);
}

describe("quote", () => {
  test.each([
    ["plain", "plain"],
    ["/a/b-c_d.e:f=g,h@i%j+k", "/a/b-c_d.e:f=g,h@i%j+k"],
    ["", "''"],
    ["a b", "'a b'"],
    ["it's", `'it'\\''s'`],
    ["$(id)", "'$(id)'"],
    ["a\nb", "'a\nb'"],
    ["-rm", "-rm"],
  ])("%j is written %s", (word, expected) => {
    expect(quote(word)).toBe(expected);
  });

  test.each(shells)("10,000 hostile words come back unchanged from %s %s", (...shell) => {
    const list = hostileWords(10_000, 1);
    for (let at = 0; at < list.length; at += 500) {
      const batch = list.slice(at, at + 500);
      expect(heard(shell, render(words("printf", "%s\\0", ...batch)))).toEqual(batch);
    }
  });

  test("words found by shrinking, too", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: "grapheme" }), { minLength: 1, maxLength: 20 }), (list) => {
        const clean = list.map((word) => word.replaceAll("\0", ""));
        expect(heard(["sh"], render(words("printf", "%s\\0", ...clean)))).toEqual(clean);
      }),
      { numRuns: 200 },
    );
  });
});

describe("render", () => {
  test("a script gets its arguments as words, and its text is one word", () => {
    expect(render(script('echo "$1"', "a b"))).toBe(`sh -c 'echo "$1"' sh 'a b'`);
    const args = ["a b", "$(id)", "'", "-n"];
    expect(heard(["sh"], render(script(`printf '%s\\0' "$@"`, ...args)))).toEqual(args);
  });

  test("a line is what the user typed", () => {
    expect(render(line("echo $HOME | wc -c"))).toBe("echo $HOME | wc -c");
  });

  test("a NUL is refused, since no argument can hold one", () => {
    expect(() => render(words("a\0b"))).toThrow(RangeError);
  });
});

describe("renderAlone", () => {
  test.each(shells)("%s %s runs a script itself: with its arguments, and its exit code", (...shell) => {
    const [program = "sh", ...args] = shell;
    const words = ["a b", "$(id)", "'", "-n", ""];
    const told = script(`printf '%s\\0' "$$" "$@"`, ...words);
    // A second shell would have another id.
    const announced = `printf '%s\\0' "$$";${renderAlone(told)}`;
    const [own, scripts, ...heardWords] = heard(shell, announced);
    expect(scripts).toBe(own);
    expect(heardWords).toEqual(words);
    expect(spawnSync(program, [...args, "-c", renderAlone(script("\n# of ours\nexit 7\n"))]).status).toBe(7);
  });

  test("what is no script is as it always is, and so is a NUL", () => {
    expect(renderAlone(words("a b", "c"))).toBe("'a b' c");
    expect(renderAlone(line("echo $HOME | wc -c"))).toBe("echo $HOME | wc -c");
    expect(() => renderAlone(script("echo", "a\0b"))).toThrow(RangeError);
  });
});

describe("findMe", () => {
  const others = process.getuid?.() === 0 ? [[], ["setpriv", "--reuid=65534", "--clear-groups"]] : [[]];

  test.each(shells.flatMap((shell) => others.map((as) => [...as, ...shell])))(
    "%s %s %s %s: the user id that `id -u` prints",
    (...words) => {
      const [me, id] = heard(words, `me=9; ${findMe}; printf '%s\\0' "$me" "$(id -u)"`);
      expect(me).toBe(id);
      expect(id).toMatch(/^\d+$/);
    },
  );
});
