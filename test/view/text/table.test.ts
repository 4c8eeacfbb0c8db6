import { stripVTControlCharacters } from "node:util";
import { describe, expect, test } from "vitest";
import { type Column, table } from "../../../src/view/text/table.ts";

interface Row {
  readonly name: string;
  readonly size: string;
}
const columns: Column<Row>[] = [
  { title: "NAME", value: (row) => row.name, min: 6 },
  { title: "SIZE", value: (row) => row.size, align: "right" },
];
const rows: Row[] = [
  { name: "web", size: "1.5 KiB" },
  { name: "a-rather-long-name", size: "10 B" },
];

describe("table", () => {
  test("columns are two spaces apart, and nothing trails", () => {
    expect(table({ colour: false, width: Number.POSITIVE_INFINITY }, columns, rows)).toBe(
      ["NAME                   SIZE", "web                 1.5 KiB", "a-rather-long-name     10 B", ""].join("\n"),
    );
  });

  test("a narrow terminal shortens what may be shortened", () => {
    expect(table({ colour: false, width: 20 }, columns, rows)).toBe(
      ["NAME            SIZE", "web          1.5 KiB", "a-rather-l…     10 B", ""].join("\n"),
    );
  });

  test("where a line has no room for a row, it is a line for each cell that says something", () => {
    const narrow = [...rows, { name: "-", size: "磁盘空间和内存" }];
    expect(table({ colour: false, width: 14 }, columns, narrow)).toBe(
      [
        "NAME  web",
        "SIZE  1.5 KiB",
        "",
        "NAME  a-rather",
        "      -long-na",
        "      me",
        "SIZE  10 B",
        "",
        "SIZE  磁盘空间",
        "      和内存",
        "",
      ].join("\n"),
    );
  });

  test("what would drive the terminal is shown and not sent, wide or narrow", () => {
    const hostile = [{ name: "a\u001b[2Jb", size: "1 B" }];
    expect(table({ colour: false, width: 80 }, columns, hostile)).not.toContain("\u001b");
    expect(table({ colour: false, width: 12 }, columns, hostile)).not.toContain("\u001b");
  });

  test("Chinese characters and the like take two columns, and what goes with another none", () => {
    const wide = [
      { name: "磁盘空间和内存", size: "1 B" },
      { name: "cafe\u0301", size: "2 B" },
    ];
    expect(table({ colour: false, width: 80 }, columns, wide)).toBe(
      ["NAME            SIZE", "磁盘空间和内存   1 B", "cafe\u0301             2 B", ""].join("\n"),
    );
    expect(table({ colour: false, width: 15 }, columns, wide)).toBe(
      ["NAME       SIZE", "磁盘空间…   1 B", "cafe\u0301        2 B", ""].join("\n"),
    );
    const wrapping = columns.map((column) => ({ ...column, wraps: true }));
    expect(table({ colour: false, width: 15 }, wrapping, wide.slice(0, 1))).toBe(
      ["NAME       SIZE", "磁盘空间    1 B", "和内存", ""].join("\n"),
    );
  });

  test("a column that wraps goes on below, and a word that is too long is broken", () => {
    const wrapping: Column<Row>[] = [
      { title: "NAME", value: (row) => row.name, min: 10, wraps: true, tone: () => "good" },
      { title: "SIZE", value: (row) => row.size, align: "right" },
    ];
    const long = [{ name: "docker rm a-name-that-is-long", size: "10 B" }, ...rows.slice(0, 1)];
    const text = [
      "NAME           SIZE",
      "docker rm      10 B",
      "a-name-tha",
      "t-is-long",
      "web         1.5 KiB",
      "",
    ].join("\n");
    expect(table({ colour: false, width: 19 }, wrapping, long)).toBe(text);
    const coloured = table({ colour: true, width: 19 }, wrapping, long);
    const plain = stripVTControlCharacters(coloured).replaceAll(/ +$/gm, "");
    expect(plain).toBe(text);
  });

  test("escape sequences in data are shown, not sent", () => {
    const text = table({ colour: false, width: 80 }, columns, [{ name: "\u001b[2Jx\r", size: "\u202e1" }]);
    expect(text).toContain("\\x1b[2Jx\\r");
    expect(text).toContain("\\u202e1");
  });

  test("a right-aligned column does not touch the next one", () => {
    const reversed = [...columns].reverse();
    expect(table({ colour: false, width: 80 }, reversed, rows)).toBe(
      ["   SIZE  NAME", "1.5 KiB  web", "   10 B  a-rather-long-name", ""].join("\n"),
    );
  });

  test("no rows: the titles alone", () => {
    expect(table({ colour: false, width: 80 }, columns, [])).toBe("NAME  SIZE\n");
  });

  test("colour is around the text, not in its width", () => {
    const coloured = columns.map((column) => ({ ...column, tone: () => "good" as const }));
    const text = table({ colour: true, width: 80 }, coloured, rows);
    expect(stripVTControlCharacters(text).split("\n")[1]?.trimEnd()).toBe("web                 1.5 KiB");
    expect(text).toContain("\u001b[32mweb\u001b[39m");
  });
});
