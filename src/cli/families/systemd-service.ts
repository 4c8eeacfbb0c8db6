import { execFile } from "node:child_process";
import { access, chown, constants, mkdir, readFile, writeFile } from "node:fs/promises";
import { homedir, userInfo } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import type { Config } from "../../domain/config/types.ts";
import { PictlError } from "../../domain/errors.ts";
import { quote } from "../../domain/shell.ts";
import { whyUnwritten } from "../../files/unwritten.ts";

/** What of pictl runs for ever, and the names of its template and unit. */
const units = { daemon: "pictl", serve: "pictl-serve" } as const;

export interface SystemdService {
  /** As `systemctl` takes it. */
  readonly name: string;
  /** Where the unit belongs. */
  readonly path: string;
  /** Who it runs as. */
  readonly user: string;
  readonly unit: string;
  /** For `pictl daemon` where there is no systemd. */
  readonly crontabLine: string;
  /** Writes the unit. Rejects with missing-prerequisite where there is no systemd, or no right to. */
  readonly install: () => Promise<void>;
}

export interface SystemdServiceOptions {
  readonly command: keyof typeof units;
  /** The folder pictl is installed in. */
  readonly root: string;
  /** `--config`. */
  readonly config: string | undefined;
  /** Default: who asks. */
  readonly user: string | undefined;
  /** Where units belong; default: /etc/systemd/system. */
  readonly folder?: string;
}

/**
 * The daemon or the server as a service of this machine, from its template. Rejects as reading the config does, and with
 * usage when there is no such user.
 */
export async function systemdService(options: SystemdServiceOptions): Promise<SystemdService> {
  const { root, command, folder = "/etc/systemd/system" } = options;
  const name = units[command];
  const account = options.user === undefined ? undefined : await accountOf(options.user);
  const user = options.user ?? userInfo().username;
  const { openStore } = await import("../../context.ts");
  const store = await openStore(options.config, account);
  const { config } = await store.read();
  const { stateDir } = config;
  const home = account?.home ?? homedir();
  const pictl = join(root, "bin", "run.js");
  const values: Readonly<Record<string, string>> = {
    USER: user,
    COMMAND: [word(process.execPath), ...[pictl, command, "--config", store.path].map(argument)].join(" "),
    WRITABLE: writableFolders({ config, path: store.path, home }).map(word).join(" "),
  };
  const template = await readFile(join(root, "templates", `${name}.service`), "utf8");
  const unit = template.replace(/@([A-Z]+)@/g, (whole, name: string) => values[name] ?? whole);
  const path = join(folder, `${name}.service`);
  const cron = [process.execPath, pictl, "daemon", "--once", "--config", store.path].map(cronQuote).join(" ");
  return {
    name,
    path,
    user,
    unit,
    crontabLine: `* * * * * ${cron} >/dev/null\n`,
    async install() {
      try {
        await access(folder, constants.W_OK);
        // systemd refuses to start what may not write a folder that is not there.
        await makeFolder(stateDir, account);
        await writeFile(path, unit, { mode: 0o644 });
      } catch (error) {
        throw new PictlError("missing-prerequisite", `${path} cannot be written: ${whyUnwritten(error)}.`, {
          hint:
            command === "daemon"
              ? "Run it with sudo; without systemd, `pictl daemon install --cron` prints a crontab line."
              : "Run it with sudo; `--print` prints the unit.",
          cause: error,
        });
      }
    },
  };
}

/**
 * Where it writes: the config, the state, and the host keys that are trusted later on. With `-` in front, what may be
 * missing when the unit starts.
 */
function writableFolders({
  config,
  path,
  home,
}: {
  readonly config: Pick<Config, "nodes" | "stateDir">;
  readonly path: string;
  readonly home: string;
}): readonly string[] {
  const named = config.nodes.flatMap(({ ssh: { knownHostsFile } }) => knownHostsFile ?? []);
  const certain = new Set([dirname(path), config.stateDir]);
  const trusted = [join(home, ".ssh"), ...named.map((file) => dirname(file))].filter((folder) => !certain.has(folder));
  return [...certain, ...new Set(trusted.map((folder) => `-${folder}`))];
}

interface Account {
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
  readonly root: boolean;
}

/** What the system's user database has, wherever it lies. */
async function accountOf(user: string): Promise<Account> {
  try {
    const { stdout } = await promisify(execFile)("getent", ["passwd", user]);
    const [, , uid, gid, , home = ""] = stdout.split("\n", 1)[0]?.split(":") ?? [];
    return { uid: Number(uid), gid: Number(gid), home, root: uid === "0" };
  } catch (cause) {
    throw new PictlError("usage", `This machine has no user ${JSON.stringify(user)}.`, {
      hint: "Make it first (`useradd --system --create-home pictl`), and give it a key that the nodes take.",
      cause,
    });
  }
}

/** Makes what is missing of it, for its owner. */
async function makeFolder(folder: string, owner: Account | undefined): Promise<void> {
  const first = await mkdir(folder, { recursive: true, mode: 0o700 });
  if (first === undefined || !owner) return;
  for (let made = folder; made.length >= first.length; made = dirname(made)) await chown(made, owner.uid, owner.gid);
}

/** A word of a unit file: systemd splits at blanks, and `%` means something to it (systemd.syntax(7)). */
function word(text: string): string {
  if (/[\n\r\t]/.test(text)) throw new PictlError("usage", `${JSON.stringify(text)} cannot stand in a unit.`);
  const escaped = text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("%", "%%");
  return /^[\w@+=:,./%-]+$/.test(escaped) ? escaped : `"${escaped}"`;
}

/** Behind the program's name `$` means something too (systemd.service(5)). */
function argument(text: string): string {
  return word(text.replaceAll("$", "$$$$"));
}

/** cron takes a bare `%` for the end of the line. */
function cronQuote(text: string): string {
  return quote(text).replaceAll("%", "\\%");
}
