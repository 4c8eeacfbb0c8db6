import { spawnSync } from "node:child_process";
import { writeFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openScripts } from "../../src/adapters/scripts/index.ts";
import { countCommand, exitCodes, sendCommand } from "../../src/domain/rsyslog/command.ts";
import { Tally, type TallyOptions } from "../../src/domain/rsyslog/tally.ts";
import { render } from "../../src/domain/shell.ts";

let folder = "";
let program = "";
beforeAll(async () => {
  program = await openScripts().read("rsyslog.pl");
  folder = mkdtempSync(join(tmpdir(), "pictl-rsyslog-"));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const all: TallyOptions = {
  today: { year: 2026, day: "11-23" },
  from: "",
  errors: false,
  warnings: false,
  failures: false,
};

const lines = [
  "Nov 23 10:05:59 web1 sshd[123]: Failed password for root from 10.0.0.1 port 22 ssh2",
  "Nov 23 10:05:59 web2 sshd[124]: Failed password for root from 10.0.0.2 port 2222 ssh2",
  "Dec  1 00:00:00 web1 kernel: warning: a\tb",
  "<34>Oct 11 22:14:15 mymachine su: 'su root' failed for lonvick",
  "<0>Nov 23 10:06:00 web1 kernel: all is well",
  "2026-11-23T04:00:01.000001+00:00 n1 postfix/smtpd[9]: connection refused by fd12ab34",
  '<165>1 2003-10-11T22:14:15.003Z host evntslog 77 ID47 [e iut="3"] An event 0xDEADBEEF',
  "<14>1 2026-11-23T04:00:00Z h app - - - PANIC now",
  "<14>1 2026-11-23T04:00:00Z h app",
  "<999999>Nov 23 10:05:59 web1 a: b",
  "<x>Nov 23 10:05:59 web1 a: b",
  "Nov 23 10:05:59 web1 last message repeated 3 times",
  "    at a continuation",
  "",
  `Nov 23 10:07:00 web1 long: ${"x1".repeat(300)}`,
  "Nov 23 10:07:00 web1 [odd]: tag",
  "Nov 23 10:07:00 web1 [0]1: tag",
  "Nov 23 10:07:00 web1 php7.4-fpm[12]: up",
  "Nov 23 10:07:00 web1 php8.2-fpm[12]: up",
  "Nov 23 10:07:00 web1 php8.2-fpm[3]: down",
  "<14>1 2026-11-23T04:00:00Z h app2 - - - up",
  "<14>1 2026-11-23T04:00:00Z h app[3] - - - up",
  "<14>Nov 23 10:07:00 web1 app3[1]: up",
  "Nov 23 10:07:000 web1 no: space where one should be",
  "2026-11-23T04:00:01 n1",
  "2026-11-23T04:00:01",
  `Nov 23 10:07:00 web1 ${"t".repeat(230)}: cut`,
  `<14>1 2026-11-23T04:00:00Z h app - - [a b="${"c".repeat(400)}"] text`,
  "Nov 23 10:07:00 web1 $(id) `id` %s \\n",
];

/** A tally as plain data. */
function plain(tally: Tally): object {
  const sorted = <Key extends string>(counts: ReadonlyMap<Key, number>): unknown =>
    Object.fromEntries([...counts].sort());
  return {
    numbers: [tally.lines, tally.counted, tally.odd],
    hosts: sorted(tally.hosts),
    minutes: sorted(tally.minutes),
    programs: sorted(tally.programs),
    severities: sorted(tally.severities),
    messages: Object.fromEntries(
      tally.top(1000).map((row) => [`${row.severity} ${row.program} ${row.message}`, row.count]),
    ),
  };
}

function here(text: readonly string[], options: TallyOptions): object {
  const tally = new Tally();
  for (const line of text) tally.add(line, options);
  return plain(tally);
}

function there(file: string, options: TallyOptions): object {
  return plain(tallied(file, options));
}

function tallied(file: string, options: TallyOptions): Tally {
  const { code, output } = run(render(countCommand(program, file, options)));
  expect(code).toBe(0);
  const tally = new Tally();
  const [parts, ...lines] = output.toString().trimEnd().split("\n");
  for (const line of lines) expect(tally.addCount(line), line).toBe(true);
  expect(tally.parts).toBe(Number(parts));
  return tally;
}

function withPerl(text: readonly string[], options: TallyOptions): object {
  const file = join(folder, "some.log");
  writeFileSync(file, text.map((line) => `${line}\n`).join(""));
  return there(file, options);
}

function run(line: string): { code: number; output: Buffer } {
  const { status, stdout } = spawnSync("sh", ["-c", line], { maxBuffer: 64 * 1024 * 1024 });
  return { code: status ?? -1, output: stdout };
}

describe("Perl counts as we do", () => {
  test.each([
    ["everything", {}],
    ["errors", { errors: true }],
    ["warnings and failures", { warnings: true, failures: true }],
    ["from a minute on", { from: "2026-11-23T10:06" }],
  ])("%s", (_name, parts) => {
    const options = { ...all, ...parts };
    expect(withPerl(lines, options)).toEqual(here(lines, options));
  });

  test.each([
    ["everything", {}],
    ["failures", { failures: true }],
  ])("more that differs than is remembered, and programs whose names differ in a digit: %s", (_name, parts) => {
    const many = Array.from({ length: 25_000 }, (_, index) => {
      const id = (index * 2_654_435_761).toString(16).slice(-8);
      const said = index % 3 === 0 ? "denied" : "let in";
      return `${["", "<34>"][index % 2] ?? ""}Nov 23 10:0${index % 10}:00 h${index % 4} web${index % 12}[${index}]: 0${id} ${said}`;
    });
    const options = { ...all, ...parts };
    expect(withPerl(many, options)).toEqual(here(many, options));
  });

  test("of more hosts and programs than are remembered, the rarest are forgotten, and every line is counted", () => {
    const many = Array.from({ length: 45_000 }, (_, index) => {
      const id = (index * 2_654_435_761).toString(36);
      const [host, program] = index < 100 || index % 3 === 0 ? ["web1", "sshd"] : [`h-${id}`, `req-${id}`];
      return `Nov 23 10:05:00 ${host} ${program}[7]: ${index % 5 === 0 ? "failed" : "done"}`;
    });
    const file = join(folder, "names.log");
    writeFileSync(file, many.map((line) => `${line}\n`).join(""));
    const tally = new Tally();
    for (const line of many) tally.add(line, all);
    for (const { hosts, programs, severities, counted } of [tally, tallied(file, all)]) {
      expect([hosts.size, programs.size].every((size) => size > 1 && size <= 20_000)).toBe(true);
      expect([hosts.get("web1"), programs.get("sshd"), counted]).toEqual([15_066, 15_066, 45_000]);
      expect([...severities].sort()).toEqual([
        ["err", 9_000],
        ["info", 36_000],
      ]);
    }
  });

  test("whatever the messages hold", () => {
    const word = fc.constantFrom(
      "error",
      "Failed",
      "warn",
      "10.1.2.3",
      "0xff",
      "a1b2",
      "[",
      "]:",
      "-",
      "\t",
      "'",
      "\\",
      "%",
      "#",
    );
    const message = fc.array(fc.oneof(word, fc.string({ maxLength: 8 }))).map((words) => words.join(" "));
    const text = fc.array(
      message.map((said) => `Nov 23 10:00:00 h ${said}`.replace(/[^\x20-\x7e\t]/g, "?")),
      { minLength: 1 },
    );
    fc.assert(
      fc.property(text, (some) => {
        expect(withPerl(some, all)).toEqual(here(some, all));
      }),
      { numRuns: 15 },
    );
  });
});

describe("the command for a node", () => {
  test("counts a file in parts as it does in one, every line once", () => {
    const many = Array.from(
      { length: 150_000 },
      (_, index) =>
        `Nov 23 ${String(index % 24).padStart(2, "0")}:00:00 h${index % 7} app[${index}]: ${"z".repeat(index % 90)}`,
    );
    const file = join(folder, "it's big.log");
    writeFileSync(file, many.map((line) => `${line}\n`).join(""));
    expect(there(file, all)).toEqual(here(many, all));
  });

  test("says why there is nothing, and does not count what only has the look of a file", () => {
    expect(run(render(countCommand(program, join(folder, "none"), all))).code).toBe(exitCodes.missing);
    expect(run(render(countCommand(program, folder, all))).code).toBe(exitCodes.unreadable);
    expect(run(render(countCommand(program, "-v", all))).code).toBe(exitCodes.missing);
    expect(run(render(sendCommand(join(folder, "none")))).code).toBe(exitCodes.missing);
  });

  test("an empty file has nothing in it", () => {
    const file = join(folder, "empty");
    writeFileSync(file, "");
    expect(run(render(countCommand(program, file, all))).output.toString()).toBe("1\nE\t0\t0\t0\n");
  });
});
