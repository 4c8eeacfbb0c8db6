import { expect, test } from "vitest";
import { parseConfigText } from "../../../../src/adapters/config/parse.ts";
import { maskedDocument, type SourceText, unmaskedText } from "../../../../src/domain/config/secrets/mask.ts";

function source(text: string): SourceText {
  const parsed = parseConfigText(text);
  if (!parsed.ok) throw new Error(parsed.message);
  return { text, root: parsed.root };
}

const yaml = `# the shop
token: 'canary-1'   # rotate in March
web_password: |
  canary-2
kibana: http://me:canary-3@kibana:5601
layout:
  - node: n1
    web:
      args: -p 80:80
      secrets: { API: "canary-4", DB: env:DB }
`;

const json = `{
  "token": "canary-1",
  "layout": [{ "node": "n1", "web": { "args": "", "secrets": { "API": "canary-4", "N": 12345 } } }]
}
`;

test.each([yaml, json])("what is masked has no secret, keeps all else, and comes back as it meant", (text) => {
  const masked = maskedDocument(source(text));
  expect(masked).not.toMatch(/canary|12345/);
  expect(unmaskedText(source(masked), source(text)).replace('"canary-2\\n"', "|\n  canary-2")).toBe(text);
});

test("comments, places of secrets and the rest of a URL stay", () => {
  const masked = maskedDocument(source(yaml));
  expect(masked).toContain("# the shop");
  expect(masked).toContain('token: "[REDACTED]"   # rotate in March');
  expect(masked).toContain('kibana: "http://me:[REDACTED]@kibana:5601"');
  expect(masked).toContain("DB: env:DB");
});

test("what is changed around a secret, and a secret that is changed, are taken as written", () => {
  const edited = maskedDocument(source(json))
    .replace('"args": ""', '"args": "-p 80:80"')
    .replace('"API": "[REDACTED]"', '"API": "new"');
  expect(unmaskedText(source(edited), source(json))).toBe(
    json.replace('"args": ""', '"args": "-p 80:80"').replace("canary-4", "new"),
  );
});

test("a row that is put before another one takes no other row's secret", () => {
  const edited = maskedDocument(source(json)).replace('"layout": [', '"layout": [{ "node": "n0" }, ');
  expect(unmaskedText(source(edited), source(json))).toContain('"API": "canary-4"');
});

test("a mask where no secret was is refused with its place", () => {
  const edited = maskedDocument(source(json)).replace('"token"', '"swarm_token": "[REDACTED]", "token"');
  expect(() => unmaskedText(source(edited), source(json))).toThrow(/^swarm_token is \[REDACTED\] in the new text/);
});

test("a secret goes with its row, and two of one key that went elsewhere are not guessed at", () => {
  const row = (node: string, secret: string): string => `{"node": "${node}", "web": {"secrets": {"A": "${secret}"}}}`;
  const two = `{"layout": [${row("n1", "one")}, ${row("n2", "two")}]}`;
  const shifted = maskedDocument(source(two)).replace('"layout": [', '"layout": [{"node": "n0"}, ');
  expect(unmaskedText(source(shifted), source(two))).toBe(two.replace('"layout": [', '"layout": [{"node": "n0"}, '));
  const renamed = maskedDocument(source(two)).replace('"web"', '"www"');
  expect(() => unmaskedText(source(renamed), source(two))).toThrow(/layout\[0\]\.www\.secrets\.A/);
});
