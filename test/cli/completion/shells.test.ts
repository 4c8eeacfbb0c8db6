import { execFile, spawnSync } from "node:child_process";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { shells } from "../../../src/cli/completion/scripts.ts";

const run = promisify(execFile);

/** Real shells in a real terminal, with Tab pressed: `-f` and friends keep the machine's own start files out. */
const commandLines = {
  bash: "bash --norc --noprofile -i",
  zsh: "zsh -f -i",
  fish: "fish --no-config -i",
};

const switchOn = {
  bash: 'source <(pictl completion bash); PS1="> "',
  zsh: 'autoload -U compinit; compinit -u -D; source <(pictl completion zsh); PS1="> "',
  fish: 'pictl completion fish | source; function fish_prompt; printf "> "; end; set -g fish_greeting',
};

const config = {
  layout: [
    { node: "alpha", webshop: "-p 80:80", database: "" },
    { node: "beta", webshop: "-p 80:80" },
  ],
  commandlist: [{ "Disk Space": "df -h /" }, { Uptime: "uptime" }],
};

const present = (program: string): boolean => spawnSync("which", [program]).status === 0;

describe.each(shells)("%s", (shell) => {
  let folder: string;
  let tmux: (...words: string[]) => Promise<string>;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "pictl-completion-"));
    const root = fileURLToPath(new URL("../../..", import.meta.url));
    await writeFile(join(folder, "pictl"), `#!/bin/sh\nexec node ${root}bin/run.js "$@"\n`);
    await chmod(join(folder, "pictl"), 0o755);
    await writeFile(join(folder, "config.json"), JSON.stringify(config), { mode: 0o600 });
    tmux = async (...words) => (await run("tmux", ["-S", join(folder, "tmux"), "-f", "/dev/null", ...words])).stdout;
    const path = `PATH=${folder}:${process.env.PATH ?? ""}`;
    const size = ["-x", "120", "-y", "30"];
    await tmux(
      "new-session",
      "-d",
      ...size,
      "-c",
      folder,
      `env --unset=PICLUSTER_CONFIG ${path} HOME=${folder} TERM=screen ${commandLines[shell]}`,
    );
    await tmux("send-keys", switchOn[shell], "Enter", "C-l");
  });

  afterAll(async () => {
    await tmux("kill-server");
    await rm(folder, { recursive: true, maxRetries: 10 });
  });

  test.skipIf(!present("tmux") || !present(shell)).each([
    ["pictl statu", "pictl status "],
    ["pictl status --dat", "pictl status --dat"],
    ["pictl status --no-c", "pictl status --no-color "],
    ["pictl status data", "pictl status database "],
    ["pictl status webshop@b", "pictl status webshop@beta "],
    ["pictl status database@", "pictl status database@alpha "],
    ["pictl shell dat", "pictl shell database "],
    ["pictl run Di", "pictl run Disk\\ Space "],
    ["pictl run Disk\\ Sp", "pictl run Disk\\ Space "],
    ["pictl status --node al", "pictl status --node alpha "],
    ["pictl status --node=al", "pictl status --node=alpha "],
    ["pictl status --config conf", "pictl status --config config.json "],
    ["pictl completion fi", "pictl completion fish "],
  ])(
    "%j and Tab",
    async (typed, expected) => {
      await tmux("send-keys", "C-u", "C-l", typed, "Tab");
      // The x shows where the cursor stands, and that the shell is done.
      await tmux("send-keys", "x");
      await vi.waitFor(
        async () => {
          const screen = await tmux("capture-pane", "-p");
          expect(screen.split("\n").map((line) => line.replace(/^> /, ""))).toContain(`${expected}x`);
        },
        { timeout: 20_000, interval: 100 },
      );
    },
    30_000,
  );
});
