import { expect, test } from "vitest";
import type { DoctorRow } from "../../../src/app/doctor.ts";
import { doctorView } from "../../../src/view/node/doctor.ts";
import { wrap } from "../../../src/view/text/wrap.ts";

const style = { colour: false, width: 80 };

function row(
  node: string | null,
  check: DoctorRow["check"],
  state: DoctorRow["state"],
  message: string,
  remedy: string | null = null,
): DoctorRow {
  return { node, check, state, message, remedy };
}

test("a tree that fits into 80 columns", () => {
  const checks = [
    row(null, "node-js", "ok", "20.20.2"),
    row("n1", "ssh", "ok", "answers in 84 ms"),
    row(
      "n1",
      "disk",
      "warning",
      "0.8 GiB of 29 GiB free on /",
      "Make room: `docker system df` shows what Docker keeps, `docker image prune` removes images without a name.",
    ),
    row("n2", "address", "ok", "10.0.0.2:22"),
    row(
      "n2",
      "ssh",
      "problem",
      "10.0.0.2:22 refused the connection: the host is there, and no sshd listens on that port.",
      "Start sshd on it.",
    ),
    row("n2", "host-key", "skipped", "not seen"),
    row("n2", "login", "skipped", "not tried"),
    ...(["shell", "sudo", "docker", "docker-access", "clock", "memory"] as const).map((check) =>
      row("n2", check, "skipped", "no connection"),
    ),
  ];
  const text = doctorView({ checks }, style);
  expect(Math.max(...text.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
  expect(text).toBe(`this machine
  ✓ node js         20.20.2
n1
  ✓ ssh             answers in 84 ms
  ! disk            0.8 GiB of 29 GiB free on /
                    → Make room: \`docker system df\` shows what Docker keeps,
                      \`docker image prune\` removes images without a name.
n2
  ✓ address         10.0.0.2:22
  ✗ ssh             10.0.0.2:22 refused the connection: the host is there, and
                    no sshd listens on that port.
                    → Start sshd on it.
  · host key        not seen
  · login           not tried
  · skipped         no connection: shell, sudo, docker, docker access, clock,
                    memory
2 nodes: 1 problem, 1 warning.
`);
});

test("with many nodes, those where all is well take one line", () => {
  const checks = Array.from({ length: 12 }, (_, index) => [
    row(`n${index}`, "ssh", "ok", "answers"),
    row(`n${index}`, "clock", index === 7 ? "warning" : "ok", "5 s ahead", index === 7 ? "Keep time." : null),
  ]).flat();
  const lines = doctorView({ checks }, style).trimEnd().split("\n");
  expect(lines[0]).toBe("n0: all 2 checks are well");
  expect(lines.slice(7, 11)).toEqual([
    "n7",
    "  ✓ ssh             answers",
    "  ! clock           5 s ahead",
    "                    → Keep time.",
  ]);
  expect(lines.at(-1)).toBe("12 nodes: 1 warning.");
});

test("what nodes say cannot move the cursor", () => {
  const checks = [row("n1", "shell", "warning", "prints \u001b[2J\u009b1m", "Do \u202eit.")];
  expect(doctorView({ checks }, style)).toContain("prints \\x1b[2J\\x9b1m");
  expect(doctorView({ checks }, style)).toContain("Do \\u202eit.");
});

test.each([
  ["a b c", 3, ["a b", "c"]],
  ["longerthanthat b", 5, ["longerthanthat", "b"]],
  ["", 5, [""]],
  ["one line", Number.POSITIVE_INFINITY, ["one line"]],
])("%j in %d columns", (text, width, expected) => {
  expect(wrap(text, width)).toEqual(expected);
});
