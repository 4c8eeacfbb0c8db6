import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { framedLogs, type LogStream, rawLogs } from "../../../src/adapters/docker/log-stream.ts";

const time = "2026-11-23T03:50:23.116944647Z";
const later = "2026-11-23T03:50:24.000000000Z";

function frame(stream: number, text: string | Buffer): Buffer {
  const payload = Buffer.from(text);
  const header = Buffer.alloc(8);
  header[0] = stream;
  header.writeUInt32BE(payload.length, 4);
  return Buffer.concat([header, payload]);
}

function read(log: LogStream, ...chunks: Buffer[]) {
  return [...chunks.flatMap((chunk) => [...log.push(chunk)]), ...log.end()];
}

describe("framedLogs", () => {
  it("tells the streams apart and takes the timestamps off", () => {
    const records = read(framedLogs(), frame(1, `${time} out\n`), frame(2, `${later} err\n`), frame(1, `${later} \n`));
    expect(records).toEqual([
      { time, stream: "stdout", line: "out" },
      { time: later, stream: "stderr", line: "err" },
      { time: later, stream: "stdout", line: "" },
    ]);
  });

  it("joins a line that docker cut into messages, while the other stream talks", () => {
    const records = read(
      framedLogs(),
      frame(1, `${time} ${"a".repeat(16384)}`),
      frame(2, `${time} err\n`),
      frame(1, `${later} ${"b".repeat(10)}\n`),
    );
    expect(records).toEqual([
      { time, stream: "stderr", line: "err" },
      { time, stream: "stdout", line: "a".repeat(16384) + "b".repeat(10) },
    ]);
  });

  it("keeps a carriage return, a last line without newline, and a line without a timestamp", () => {
    const records = read(framedLogs(), frame(1, "no stamp\r\n"), frame(1, `${time} end`));
    expect(records).toEqual([
      { time: "", stream: "stdout", line: "no stamp\r" },
      { time, stream: "stdout", line: "end" },
    ]);
  });

  it("gives the same records however the bytes are cut", () => {
    const line = fc.record({
      stream: fc.constantFrom(1, 2),
      pieces: fc.array(
        fc.string({ unit: "binary" }).map((text) => text.replaceAll("\n", " ")),
        { minLength: 1, maxLength: 3 },
      ),
    });
    fc.assert(
      fc.property(fc.array(line, { maxLength: 8 }), fc.array(fc.nat(40), { maxLength: 200 }), (lines, cuts) => {
        const bytes = Buffer.concat(
          lines.flatMap(({ stream, pieces }) =>
            pieces.map((piece, index) => frame(stream, `${time} ${piece}${index === pieces.length - 1 ? "\n" : ""}`)),
          ),
        );
        const chunks: Buffer[] = [];
        let at = 0;
        for (const cut of [...cuts, bytes.length]) {
          chunks.push(bytes.subarray(at, at + cut));
          at += cut;
        }
        const expected = lines.map(({ stream, pieces }) => ({
          time,
          stream: stream === 1 ? "stdout" : "stderr",
          line: Buffer.from(pieces.join("")).toString(),
        }));
        expect(read(framedLogs(), ...chunks)).toEqual(expected);
      }),
    );
  });

  it("cuts a line of 5 MB, and says by how much", () => {
    const log = framedLogs();
    const chunk = Buffer.alloc(16384, "x");
    const records = Array.from({ length: 320 }, () =>
      frame(1, Buffer.concat([Buffer.from(`${time} `), chunk])),
    ).flatMap((bytes) => [...log.push(bytes)]);
    const [record] = [...records, ...log.push(frame(1, `${time} tail\n`))];
    expect(record?.line).toMatch(/^x{1048576} \[4194308 bytes cut\]$/);
  });

  it("throws the daemon's own error", () => {
    expect(() => read(framedLogs(), frame(3, "the log file is gone"))).toThrow(
      /could not read the log: the log file is gone/,
    );
  });

  it("throws when it is no such stream", () => {
    expect(() => read(framedLogs(), Buffer.from("HTTP/1.1 200 OK\r\n"))).toThrow(/unknown header/);
  });
});

describe("rawLogs", () => {
  it("reads lines, without the terminal's carriage returns", () => {
    const records = read(rawLogs(), Buffer.from(`${time} one\r\n${later} two\r\n${later} \r\n`));
    expect(records).toEqual([
      { time, stream: "stdout", line: "one" },
      { time: later, stream: "stdout", line: "two" },
      { time: later, stream: "stdout", line: "" },
    ]);
  });

  it.each([[1], [7], [16384], [1_000_000]])("finds the timestamps inside a long line, in chunks of %i", (size) => {
    const bytes = Buffer.from(
      `${time} ${"x".repeat(16384)}${later} ${"x".repeat(16384)}${later} ${"x".repeat(7232)}\r\n${later} second\r\n`,
    );
    const chunks: Buffer[] = [];
    for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.subarray(at, at + size));
    expect(read(rawLogs(), ...chunks)).toEqual([
      { time, stream: "stdout", line: "x".repeat(40000) },
      { time: later, stream: "stdout", line: "second" },
    ]);
  });
});
