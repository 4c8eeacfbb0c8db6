import { access, constants, mkdir, readFile, writeFile } from "node:fs/promises";
import { userInfo } from "node:os";
import { dirname, join } from "node:path";
import type { Config } from "../domain/config/types.ts";
import { PictlError } from "../domain/errors.ts";
import { quote } from "../domain/shell.ts";

export interface DaemonService {
  /** Where the unit belongs. */
  readonly path: string;
  readonly unit: string;
  readonly crontabLine: string;
  /** Writes the unit. Rejects with missing-prerequisite where there is no systemd, or no right to. */
  install(): Promise<void>;
}

const unitFolder = "/etc/systemd/system";

/** The daemon as a service of this machine, from `templates/pictl.service`. `root`: the folder pictl is installed in. */
export async function daemonService(options: {
  readonly root: string;
  readonly configPath: string;
  readonly config: Config;
  readonly user: string | undefined;
}): Promise<DaemonService> {
  const { root, configPath, config } = options;
  const template = await readFile(join(root, "templates", "pictl.service"), "utf8");
  const pictl = join(root, "bin", "run.js");
  const values: Readonly<Record<string, string>> = {
    USER: options.user ?? userInfo().username,
    NODE: escaped(process.execPath),
    PICTL: escaped(pictl),
    CONFIG: escaped(configPath),
    WRITABLE: [...new Set([dirname(configPath), config.stateDir])].map(escaped).join(" "),
  };
  const unit = template.replace(/@([A-Z]+)@/g, (whole, name: string) => values[name] ?? whole);
  const path = join(unitFolder, "pictl.service");
  return {
    path,
    unit,
    crontabLine: `* * * * * ${[process.execPath, pictl, "daemon", "--once", "--config", configPath].map(cronQuote).join(" ")} >/dev/null\n`,
    async install() {
      try {
        await access(unitFolder, constants.W_OK);
        // systemd refuses to start what may not write a folder that is not there.
        await mkdir(config.stateDir, { recursive: true, mode: 0o700 });
        await writeFile(path, unit, { mode: 0o644 });
      } catch (error) {
        throw new PictlError("missing-prerequisite", `${path} cannot be written: ${(error as Error).message}.`, {
          hint: "Run it with sudo; without systemd, `pictl daemon install --cron` prints a crontab line.",
          cause: error,
        });
      }
    },
  };
}

/** A word of a unit file: systemd splits at blanks, and `%` and `$` mean something to it (systemd.syntax(7)). */
function escaped(word: string): string {
  const text = word.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("%", "%%").replaceAll("$", "$$$$");
  return /^[\w@+=:,./%$-]+$/.test(text) ? text : `"${text}"`;
}

/** cron takes a bare `%` for the end of the line. */
function cronQuote(word: string): string {
  return quote(word).replaceAll("%", "\\%");
}
