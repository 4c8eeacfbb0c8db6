import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { editText } from "../../../../src/adapters/config/edit/index.ts";
import { parseConfigText } from "../../../../src/adapters/config/parse.ts";
import { applyEdit, type DocumentEdit } from "../../../../src/domain/config/document/apply-edit.ts";
import { findNode, valueOf } from "../../../../src/domain/config/document/document.ts";
import { editsOf, written, type Syntax } from "../documents.ts";

function parse(text: string): unknown {
  const parsed = parseConfigText(text);
  if (!parsed.ok) throw new Error(`${parsed.message} at ${parsed.offset} of:\n${text}`);
  return valueOf(parsed.root);
}

function isAddition(text: string, edit: DocumentEdit): boolean {
  const parsed = parseConfigText(text);
  return edit.op === "set" && parsed.ok && findNode(parsed.root, edit.path) === undefined;
}

/** How many comments a text has; the generator's documents have these words nowhere else. */
function marks(text: string): number {
  return text.match(/# (?:comment|trailing|between|last)/g)?.length ?? 0;
}

test("a plain word is what YAML says that it is, in each of its three spellings, and no other", () => {
  expect(parse("a: [false, False, FALSE, fALSE]\nb: [true, True, TRUE, yes]\nc: [null, Null, NULL, ~]\n")).toEqual({
    a: [false, false, false, "fALSE"],
    b: [true, true, true, "yes"],
    c: [null, null, null, null],
  });
});

describe.each<Syntax>(["json", "yaml"])("any edit of any %s document", (syntax) => {
  test("the text says what was written, and after an edit what the edit makes of it", () => {
    const cases = written(syntax).chain((document) => editsOf(document.value).map((edit) => ({ ...document, edit })));
    fc.assert(
      fc.property(cases, ({ text, value, comments, edit }) => {
        expect(parse(text)).toEqual(value);
        const changed = editText(text, edit);
        expect(parse(changed)).toEqual(applyEdit(value, edit));
        for (const comment of comments) expect(changed).toContain(comment);
        if (isAddition(text, edit)) expect(marks(changed)).toBe(marks(text));
        if (syntax === "json") expect(JSON.parse(changed)).toEqual(applyEdit(value, edit));
        if (text.includes("\r\n")) expect(changed).not.toMatch(/(?<!\r)\n/);
      }),
      { numRuns: 400 },
    );
  });
});

describe("a change of the README's sample", () => {
  const sample = readFileSync(new URL("../../../fixtures/config/readme-sample-1.json", import.meta.url), "utf8");

  test("touches the rows it is about and nothing else", () => {
    const edits: DocumentEdit[] = [
      { op: "set", path: ["layout", 1, "mysql"], value: "-p 3306:3306" },
      { op: "delete", path: ["layout", 0, "mysql"] },
      { op: "set", path: ["layout", 2], value: { node: "192.168.0.103" } },
    ];
    const changed = edits.reduce(editText, sample);
    const before = sample.split("\n");
    const after = changed.split("\n");
    expect(after.slice(9, 12)).toEqual([
      '    {"node":"192.168.0.100", "nginx":"-p 80:80"},',
      '    {"node":"192.168.0.102", "openvpn":"-p 1194:1194", "mysql":"-p 3306:3306"},',
      '    {"node":"192.168.0.103"}],',
    ]);
    expect([...after.slice(0, 9), ...after.slice(12)]).toEqual([...before.slice(0, 9), ...before.slice(11)]);
  });
});

test("line ends are the whole document's, also where an edit takes the last one of them away first", () => {
  const edit: DocumentEdit = { op: "move", from: ["old", "web"], to: ["web"] };
  expect(editText("old:\r\n  web: 80", edit)).toBe("old: {}\r\nweb: 80");
});

test.each([
  ["the first", "a: 1\nb: 2\n", "a", "b: 2\n"],
  ["the last", "b: 2\na: 1\n", "a", "b: 2\n"],
  ["a text of several lines, the last", "b: 2\na: |\n  x\n  y\n", "a", "b: 2\n"],
  ["a text of several lines that is not the last", "a: |\n  x\nb: 2\n", "a", "b: 2\n"],
  ["the last, without a line break at its end", "b: 2\na: 1", "a", "b: 2"],
])("what is taken out of YAML leaves the end of the file as it was: %s", (_what, text, key, left) => {
  expect(editText(text, { op: "delete", path: [key] })).toBe(left);
});

test("a new text is quoted as the others are, and a new row closes where the one before it begins", () => {
  const added = (text: string, key: string, value: unknown) => editText(text, { op: "set", path: [key], value });
  expect(added('a: "x"\nb: "y"\n', "c", "z")).toBe('a: "x"\nb: "y"\nc: "z"\n');
  expect(added("a: 'x'\nb: y\n", "c", "z")).toBe("a: 'x'\nb: y\nc: z\n");
  const row = { node: "pi2", web: "-x ".repeat(40) };
  const [head, tail] = ['{"layout": [\n  {"node": "pi1",\n       "web": ""}', "\n]}"];
  expect(editText(head + tail, { op: "set", path: ["layout", 1], value: row })).toBe(
    `${head},\n  {\n    "node": "pi2",\n    "web": "${row.web}"\n  }${tail}`,
  );
});

test.each<readonly [text: string, path: readonly (string | number)[], value: unknown, changed: string]>([
  ["a:\n  - # old\n    7\n", ["a", 0], { x: 2, z: 3 }, "a:\n  - x: 2\n    z: 3 # old\n"],
  ["a:\n  - # old\n    7\n", ["a", 0], 8, "a:\n  - # old\n    8\n"],
  ["a: # old\n  x: 1\nb: 2\n", ["a"], { z: 2 }, "a: # old\n  z: 2\nb: 2\n"],
  ["a: # old\n  x: 1\nb: 2\n", ["a"], 5, "a: 5 # old\nb: 2\n"],
  ["a: {z: 1}\nb: 2\n", ["a"], [3, { x: 1 }], "a: [3, {x: 1}]\nb: 2\n"],
  ["a: 1\nb: 2\n", ["a"], "p, q", "a: p, q\nb: 2\n"],
  ["{a: [\n  {\n    x: 1\n  }\n]}", ["a", 1], { x: 2 }, "{a: [\n  {\n    x: 1\n  },\n  {\n    x: 2\n  }\n]}"],
])("what is changed is written as it was, with its comment: %j %j %j", (text, path, value, changed) => {
  expect(editText(text, { op: "set", path, value })).toBe(changed);
});

test.each<readonly [what: string, text: string, path: readonly (string | number)[], value: unknown, changed: string]>([
  ["the space around colons and commas", '{"a":1,"b":2}', ["c"], 3, '{"a":1,"b":2,"c":3}'],
  ["of one entry the colon alone", '{"a" : 1}', ["b"], 2, '{"a" : 1, "b" : 2}'],
  ["commas of what is around it", '{"a":{"x":1},"b":2}', ["a", "y"], 2, '{"a":{"x":1,"y":2},"b":2}'],
  ["indentation", "a:\n    b: 1\n", ["c"], { d: { e: 1 } }, "a:\n    b: 1\nc:\n    d:\n        e: 1\n"],
  ["the least indentation", "a:\n    b: 1\nc:\n  d: 1\n", ["c"], { e: { f: 1 } }, "a:\n    b: 1\nc:\n  e:\n    f: 1\n"],
  ["of comments no indentation", " # c\na:\n   b: 1\n", ["c"], { d: 1 }, " # c\na:\n   b: 1\nc:\n   d: 1\n"],
  ["two spaces without an example", "a: 1\n", ["b"], { c: [1] }, "a: 1\nb:\n  c:\n    - 1\n"],
  [
    "lists below their key",
    "a:\n    b: 1\nc:\n- 1\n",
    ["d"],
    [{ e: 1 }, 2],
    "a:\n    b: 1\nc:\n- 1\nd:\n- e: 1\n- 2\n",
  ],
  ["lists to the right of it", "a:\n    b: 1\nc:\n  - 1\n", ["d"], [7], "a:\n    b: 1\nc:\n  - 1\nd:\n  - 7\n"],
  ["quotes of the last key", 'a: 1\n"b": 1\n', ["c"], 2, 'a: 1\n"b": 1\n"c": 2\n'],
  ["quotes of texts beside it", "a: \"x\"\nb:\n  c: 'y'\n", ["b", "d"], "z", "a: \"x\"\nb:\n  c: 'y'\n  d: 'z'\n"],
  ["else quotes of all texts", "a: 'x'\nb:\n  c: 1\n", ["b", "d"], "z", "a: 'x'\nb:\n  c: 1\n  d: 'z'\n"],
  ["of an empty text no quotes", 'a: ""\n', ["b"], "z", 'a: ""\nb: z\n'],
  ["in JSON always quotes", '{"a":1}', ["b"], "z", '{"a":1, "b":"z"}'],
  ["quotes of what it replaces", "a: 'x'\nb: y\n", ["a"], "z", "a: 'z'\nb: y\n"],
  ["the row above it", "l:\n  - {a: 1}\n  - x: 1\n", ["l", 2], { z: 1 }, "l:\n  - {a: 1}\n  - x: 1\n  - z: 1\n"],
  [
    "the last row with something in it",
    "l:\n  - x: 1\n  - {a: 1}\n  - {}\n",
    ["l", 3],
    { z: 1 },
    "l:\n  - x: 1\n  - {a: 1}\n  - {}\n  - {z: 1}\n",
  ],
  [
    "all entries, if one line each",
    "m:\n  a: {x: 1}\n  b: {}\n  n: 1\n",
    ["m", "c"],
    { z: 1 },
    "m:\n  a: {x: 1}\n  b: {}\n  n: 1\n  c: {z: 1}\n",
  ],
  [
    "not some entries",
    "m:\n  a: {x: 1}\n  b:\n    d: 1\n",
    ["m", "c"],
    { z: 1 },
    "m:\n  a: {x: 1}\n  b:\n    d: 1\n  c:\n    z: 1\n",
  ],
  ["not single values", "m:\n  a: 1\n", ["m", "c"], { z: 1 }, "m:\n  a: 1\n  c:\n    z: 1\n"],
  ["not an alias", "x: &a {p: 1}\nm:\n  a: *a\n", ["m", "c"], { z: 1 }, "x: &a {p: 1}\nm:\n  a: *a\n  c:\n    z: 1\n"],
  ["a text has no braces", "l:\n  - {a: 1}\n", ["l", 1], "z", "l:\n  - {a: 1}\n  - z\n"],
  ["a line of its own", '{\n  "a": 1 }\n', ["b"], 2, '{\n  "a": 1,\n  "b": 2 }\n'],
  ["a last comma, and the comment behind it", "{\n  a: 1, # one\n}\n", ["b"], 2, "{\n  a: 1, # one\n  b: 2\n}\n"],
  ["a comment, ahead of which the comma comes", "{\n  a: 1 # one\n}\n", ["b"], 2, "{\n  a: 1, # one\n  b: 2\n}\n"],
  ["a last comma on one line", "{ a: 1, }\n", ["b"], 2, "{ a: 1, b: 2 }\n"],
  ["an empty object of two lines", "{\n}\n", ["a"], { x: 1 }, '{\n  "a": {"x": 1}\n}\n'],
  ["an empty object inside", '{\n  "a": {}\n}\n', ["a", "b"], 2, '{\n  "a": {"b": 2}\n}\n'],
  ["a comment in an empty list", "a: [ # none\n  ]\n", ["a", 0], 1, "a: [ # none\n  1]\n"],
  [
    "objects of several lines",
    '{\n  "l": {\n    "x": 1\n  },\n  "m": 1\n}',
    ["n"],
    { b: 1 },
    '{\n  "l": {\n    "x": 1\n  },\n  "m": 1,\n  "n": {\n    "b": 1\n  }\n}',
  ],
  [
    "lists of several lines for no object",
    '{\n  "l": [\n    1\n  ]\n}',
    ["m"],
    { b: 1 },
    '{\n  "l": [\n    1\n  ],\n  "m": {"b": 1}\n}',
  ],
  [
    "the last of a list",
    '{\n  "l": [\n    [\n      1\n    ],\n    1\n  ]\n}',
    ["l", 2],
    { b: 1 },
    '{\n  "l": [\n    [\n      1\n    ],\n    1,\n    {"b": 1}\n  ]\n}',
  ],
  [
    "one line, however long",
    '{"a": 1}\n',
    ["b"],
    { c: "x".repeat(120) },
    `{"a": 1, "b": {"c": "${"x".repeat(120)}"}}\n`,
  ],
  ["an empty object of one line", "{}\n", ["a"], { x: 1 }, '{"a": {"x": 1}}\n'],
  ["nothing, as null", "a:\nb: 1\n", ["a", "x"], 5, "a:\n  x: 5\nb: 1\n"],
  ["nothing, between commas", "{a: , b: 1}\n", ["a"], 5, "{a: 5 , b: 1}\n"],
  ["blank lines below a text of several", "a: |\n  x\n\n\nb: 1\n", ["a"], { z: 1 }, "a:\n  z: 1\n\n\nb: 1\n"],
  ["an item", "a:\n  - 5\n", ["a", 0], [1, 2], "a:\n  - - 1\n    - 2\n"],
  ["an object on one line, now empty", "a: {x: 1}\nb: 1\n", ["a"], [], "a: []\nb: 1\n"],
])("what is written looks as what is there: %s", (_what, text, path, value, changed) => {
  expect(editText(text, { op: "set", path, value })).toBe(changed);
});

test.each<readonly [what: string, text: string, path: readonly (string | number)[], changed: string]>([
  ["with its comma", "a: [1, 2, 3]\n", ["a", 1], "a: [1, 3]\n"],
  ["the last with the comma ahead of it", "a: [1, 2, 3]\n", ["a", 2], "a: [1, 2]\n"],
  ["the last with both commas", "a: [1, 2, 3,]\n", ["a", 2], "a: [1, 2]\n"],
  ["the only one with its space", "a: [ 1, ]\n", ["a", 0], "a: []\n"],
  ["the only one without the comment", "a: [ # c\n  1 ]\n", ["a", 0], "a: [ # c\n   ]\n"],
  ["the first without the comment", "a: [\n  1, # one\n  2 # two\n  ]\n", ["a", 0], "a: [\n   # one\n  2 # two\n  ]\n"],
  ["the last without the comments", "a: [\n  1, # one\n  2 # two\n  ]\n", ["a", 1], "a: [\n  1 # one\n   # two\n  ]\n"],
  ["a line", "a: [\n  1,\n  2\n  ]\n", ["a", 0], "a: [\n  2\n  ]\n"],
  ["the last line", "a: [\n  1,\n  2\n  ]\n", ["a", 1], "a: [\n  1\n  ]\n"],
  ["behind a dash", "a:\n  - x: 1\n    z: 2\n", ["a", 0, "x"], "a:\n  - z: 2\n"],
  [
    "behind a dash, without the next one's comment",
    "a:\n  - x: 1\n    # of z\n    z: 2\n",
    ["a", 0, "x"],
    "a:\n  - \n    # of z\n    z: 2\n",
  ],
  ["below a dash", "a:\n  -\n    x: 1\n    z: 2\n", ["a", 0, "x"], "a:\n  -\n    z: 2\n"],
  ["with its comment", "a: 1 # one\nb: 2\n", ["a"], "b: 2\n"],
  ["the only entry", "a:\n  x: 1\nb: 2\n", ["a", "x"], "a: {}\nb: 2\n"],
  ["the only item", "a:\n  - 1\nb: 2\n", ["a", 0], "a: []\nb: 2\n"],
  ["all", "a: 1\n", ["a"], "{}\n"],
])("what is taken out goes whole, and nothing else: %s", (_what, text, path, changed) => {
  expect(editText(text, { op: "delete", path })).toBe(changed);
});

test("YAML keeps its comments, its quotes and its order", () => {
  const text = `# our cluster
layout:
  # the front
  - node: pi1 # in the cellar
    web: '-p 80:80'

  - {node: pi2, db: ""}
hb: []   # nothing yet
vip_ip: 10.0.0.1
`;
  const edits: DocumentEdit[] = [
    { op: "set", path: ["layout", 0, "web"], value: "-p 81:80" },
    { op: "set", path: ["layout", 1, "cache"], value: "--restart always" },
    { op: "set", path: ["layout", 2], value: { node: "pi3" } },
    { op: "set", path: ["hb", 0], value: { node: "pi1", web: 81 } },
    { op: "delete", path: ["vip_ip"] },
    { op: "set", path: ["ssh", "user"], value: "pi" },
  ];
  expect(edits.reduce(editText, text)).toBe(`# our cluster
layout:
  # the front
  - node: pi1 # in the cellar
    web: '-p 81:80'

  - {node: pi2, db: "", cache: --restart always}
  - {node: pi3}
hb: [{node: pi1, web: 81}]   # nothing yet
ssh:
  user: pi
`);
});

describe("an entry that is moved in YAML", () => {
  const move: DocumentEdit = { op: "move", from: ["layout", 0, "web"], to: ["layout", 1, "web"] };

  test("takes its lines with it as they are, and the comments above it", () => {
    const text = `layout:
  - node: pi1
    db: "" # stays
    # the front,
    # for everybody
    web: # ours
      args: '-p 80:80'   # in the clear
      env: { N: 3, M: "3" }

      # not from the registry
      image: nginx
    cache: ""
  -   # in the cellar
      node: pi2 # of oak

hb: []
`;
    expect(editText(text, move)).toBe(`layout:
  - node: pi1
    db: "" # stays
    cache: ""
  -   # in the cellar
      node: pi2 # of oak
      # the front,
      # for everybody
      web: # ours
        args: '-p 80:80'   # in the clear
        env: { N: 3, M: "3" }

        # not from the registry
        image: nginx

hb: []
`);
  });

  test("also at the end of the file, without a line break there", () => {
    const text = "layout:\n  - node: pi1\n    # front\n    web: -p 80:80 # open\n  - node: pi2";
    expect(editText(text, move)).toBe("layout:\n  - node: pi1\n  - node: pi2\n    # front\n    web: -p 80:80 # open");
    const back: DocumentEdit = { op: "move", from: ["layout", 1, "web"], to: ["layout", 0, "web"] };
    expect(editText(editText(text, move), back)).toBe(text);
  });

  test("is written anew where it has no lines of its own", () => {
    const behindDash = "layout:\n  - web: x\n    node: pi1\n  - node: pi2\n";
    expect(editText(behindDash, move)).toBe("layout:\n  - node: pi1\n  - node: pi2\n    web: x\n");
    const inFlow = "layout:\n  - node: pi1\n    web: x\n  - { node: pi2 }\n";
    expect(editText(inFlow, move)).toBe("layout:\n  - node: pi1\n  - { node: pi2, web: x }\n");
  });

  test("nothing is moved that is not there", () => {
    const text = "layout:\n  - node: pi1\n  - node: pi2\n";
    expect(editText(text, move)).toBe(text);
  });
});

test("a path through a single value is refused", () => {
  expect(() => editText('{"docker": "x"}', { op: "set", path: ["docker", "folder"], value: 1 })).toThrow(RangeError);
  expect(() => editText('{"layout": []}', { op: "set", path: ["layout", 5], value: 1 })).toThrow(RangeError);
});
