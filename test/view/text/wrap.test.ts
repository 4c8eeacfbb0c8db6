import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { wrapCommand } from "../../../src/view/text/wrap.ts";

test("a command in several lines is the same to a shell, however narrow the terminal is", () => {
  const line = `exec --script ./fix.sh -- 'two words' "df -h | tail" < /dev/null`;
  for (let width = 12; width < 70; width += 1) {
    const wrapped = wrapCommand(line, width);
    const words = execFileSync("sh", ["-c", `printf '%s,' ${wrapped}`], { encoding: "utf8" });
    expect(words).toBe("exec,--script,./fix.sh,--,two words,df -h | tail,");
    expect(wrapped).toMatch(/< \/dev\/null$/);
  }
});
