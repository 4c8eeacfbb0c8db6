import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Interfaces } from "@oclif/core";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
const manifest = JSON.parse(readFileSync(`${root}oclif.manifest.json`, "utf8")) as Interfaces.Manifest;
const page = readFileSync(`${root}dist/pictl.1`, "utf8");
const visible = Object.values(manifest.commands).filter(
  (command) => !command.hidden && !command.aliases.includes(command.id),
);

test("every command, argument and flag stands in the man page", () => {
  const plain = page.replaceAll("\\-", "-");
  for (const command of visible) {
    expect(plain).toContain(`.SS "pictl ${command.id.replaceAll(":", " ")}`);
    for (const { name, description } of Object.values(command.args))
      expect(plain).toContain(`.TP\n.B ${name.toUpperCase()}\n${description?.split(" ")[0] ?? ""}`);
    for (const flag of Object.values(command.flags)) {
      const no = flag.type === "boolean" && flag.allowNo ? "\\[no-\\]" : "";
      expect(plain).toMatch(new RegExp(`^\\.B (-\\w, )?--${no}${flag.name}\\b`, "m"));
    }
  }
});

test("what a flag is when it is not given stands with it", () => {
  expect(page).toContain("Seconds to wait for another pictl that changes the same containers. Default: 0.");
});

const groff = ((): boolean => {
  try {
    execFileSync("groff", ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
})();

test.skipIf(!groff)("groff has nothing to complain about", () => {
  const { stderr, status } = spawnSync("groff", ["-k", "-man", "-Tutf8", "-ww", "-z", `${root}dist/pictl.1`]);
  expect({ stderr: stderr.toString(), status }).toEqual({ stderr: "", status: 0 });
});
