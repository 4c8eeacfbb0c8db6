import { expect, test } from "vitest";
import { savedCommand } from "../../../src/domain/exec/saved-command.ts";

const list = [
  { label: "Uptime", command: "uptime" },
  { label: "DiskSpace", command: "df -h /" },
  { label: "diskspace", command: "df" },
];

test("a label is found as it is written, and in another case when only one fits", () => {
  expect(savedCommand(list, "DiskSpace").command).toBe("df -h /");
  expect(savedCommand(list, "diskspace").command).toBe("df");
  expect(savedCommand(list, "UPTIME").command).toBe("uptime");
  expect(() => savedCommand(list, "DISKSPACE")).toThrow();
});

test("a misspelt label is told which is meant, and which there are", () => {
  expect(() => savedCommand(list, "Uptme")).toThrow(
    expect.objectContaining({
      code: "usage",
      message: 'No saved command "Uptme" in the config; did you mean "Uptime"?',
      hint: '`commandlist` has: "Uptime", "DiskSpace", "diskspace".',
    }),
  );
  expect(() => savedCommand([], "x")).toThrow('No saved command "x" in the config.');
});
