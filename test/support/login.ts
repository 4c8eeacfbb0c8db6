/** A throw-away account of this machine, for tests that need to log in as somebody else than root. */
import { execFile } from "node:child_process";
import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

const exec = promisify(execFile);

export interface Login {
  readonly name: string;
  readonly home: string;
  remove(): Promise<void>;
}

export interface LoginOptions {
  /** Default: /bin/sh. */
  readonly shell?: string;
  /** Files of the home folder, such as `.bashrc`. */
  readonly files?: Readonly<Record<string, string>>;
  readonly groups?: readonly string[];
  readonly locked?: boolean;
  /** For sudo and for password logins. */
  readonly password?: string;
}

let count = 0;

export async function addLogin(options: LoginOptions = {}): Promise<Login> {
  const name = `pt${process.pid}x${count++}`;
  const home = await mkdtemp(join(tmpdir(), "pictl-home-"));
  const groups = options.groups ?? [];
  const groupFlags = groups.length === 0 ? [] : ["-G", groups.join(",")];
  await exec("useradd", ["-M", "-d", home, "-s", options.shell ?? "/bin/sh", ...groupFlags, name]);
  // "*": no password, and yet not locked.
  await exec("usermod", ["-p", options.password === undefined ? "*" : await crypted(options.password), name]);
  for (const [file, text] of Object.entries(options.files ?? {})) {
    await mkdir(dirname(join(home, file)), { recursive: true });
    await writeFile(join(home, file), text);
  }
  await exec("chown", ["-R", `${name}:`, home]);
  await chmod(home, 0o755);
  if (options.locked) await exec("usermod", ["-L", name]);
  return {
    name,
    home,
    remove: async () => {
      await userdel(name);
      await rm(home, { recursive: true, force: true });
    },
  };
}

async function crypted(password: string): Promise<string> {
  const { stdout } = await exec("openssl", ["passwd", "-6", password]);
  return stdout.trim();
}

/** Its last processes may be ending while it goes. */
async function userdel(name: string): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    try {
      await exec("userdel", ["-f", name]);
      return;
    } catch (error) {
      // 6: no such user; 12: done but for a home or mail folder.
      const { code } = error as { code?: number };
      if (code === 6 || code === 12) return;
      if (attempt === 20) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}
