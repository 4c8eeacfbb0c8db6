import { expect, test } from "vitest";
import { findExpansions } from "../../../../src/domain/config/document/expansions.ts";

test.each<[string, string[]]>([
  ["-v ~/d:/d -v $HOME/e:/e -e IP=$(hostname) -e TOK=`id`", ["~", "$HOME", "$(hostname)", "`id`"]],
  ['-e A="${HOME}/x" -e B="at $(date)"', ["${HOME}", "$(date)"]],
  ["-e 'A=$HOME' -e B=\\$HOME -e C=\"\\$HOME\" -v '~/d:/d'", []],
  ["-e PASS=a$$b$1 -e COST=5$ -e Q=a~b -e R=~ --label x=~/y", []],
  ["~", ["~"]],
  ["-e A=$(unfinished", ["$(unfinished"]],
])("%s", (line, texts) => {
  const found = findExpansions(line);
  expect(found.map(({ text }) => text)).toEqual(texts);
  for (const { offset, text } of found) expect(line.slice(offset)).toMatch(startOf(text));
});

function startOf(text: string): RegExp {
  return new RegExp(`^${text.replace(/[$(){}`~]/g, "\\$&")}`);
}
