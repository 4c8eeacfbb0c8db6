import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { groupTitles, keySpecs } from "../../src/tui/state/keys/keys.ts";

test("docs/tui.md has a table with just the keys that there are", async () => {
  const text = await readFile(new URL("../../docs/tui.md", import.meta.url), "utf8");
  const tables = Object.entries(groupTitles).map(([group, title]) => {
    const rows = keySpecs
      .filter((spec) => spec.group === group)
      .map(({ label, help }) => `| \`${label}\` | ${help} |`.replaceAll(/ +/g, " "));
    return [title, rows] as const;
  });
  const documented = new Map(
    text.split(/^### /m).map((section) => {
      const [title = "", ...lines] = section.split("\n");
      return [
        title,
        lines.filter((line) => line.startsWith("| `")).map((line) => line.replaceAll(/ +/g, " ")),
      ] as const;
    }),
  );
  for (const [title, rows] of tables) expect(documented.get(title), title).toEqual(rows);
});
