import type { Config } from "../config/types.ts";
import { switchedOff } from "../heartbeat/checks/subjects.ts";
import { type Check, ok, problem, warning } from "./check.ts";
import { quote } from "../shell.ts";

/** What there is on the machine pictl runs on. */
export interface ControllerFacts {
  /** Such as `20.20.1`. */
  readonly nodeVersion: string;
  /** What `ssh -V` says; null when there is none. */
  readonly sshVersion: string | null;
  readonly config: { readonly path: string; readonly mode: number; readonly folderWritable: boolean };
  readonly stateDir: StateDir;
}

/** `missing`: it is not there yet, and can be made. */
export type StateDir = { readonly path: string } & (
  | { readonly state: "writable" | "missing" }
  | { readonly state: "unusable"; readonly reason: string }
);

const oldestNode = { major: 20, minor: 20 };

/** Every check of the controller, in the order of `controllerChecks`. */
export function judgeController(facts: ControllerFacts): readonly Check[] {
  return [
    nodeCheck(facts.nodeVersion),
    sshCheck(facts.sshVersion),
    configCheck(facts.config),
    stateCheck(facts.stateDir),
  ];
}

function nodeCheck(version: string): Check {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const recent = major > oldestNode.major || (major === oldestNode.major && minor >= oldestNode.minor);
  if (recent) return ok("node-js", version);
  return problem(
    "node-js",
    `${version} is older than ${oldestNode.major}.${oldestNode.minor}`,
    "Install a newer Node.js from https://nodejs.org or your system's packages.",
  );
}

function sshCheck(version: string | null): Check {
  if (version !== null) return ok("ssh-client", version);
  return warning(
    "ssh-client",
    "there is none, so ~/.ssh/config is read without Match and Include",
    "Install it: `apt-get install openssh-client`.",
  );
}

function configCheck({ path, mode, folderWritable }: ControllerFacts["config"]): Check {
  if ((mode & 0o002) !== 0) {
    return problem(
      "config-file",
      `${path} can be changed by everybody on this machine, and says what runs as root`,
      `Take that right away: \`chmod o-w ${quote(path)}\`.`,
    );
  }
  if (!folderWritable) {
    return warning(
      "config-file",
      `the folder of ${path} cannot be written, so \`node add\` and failovers cannot be recorded`,
      "Run pictl as the folder's owner, or keep the config elsewhere.",
    );
  }
  return ok("config-file", path);
}

function stateCheck(stateDir: StateDir): Check {
  if (stateDir.state !== "unusable") {
    return ok("state-dir", stateDir.state === "missing" ? `${stateDir.path} (made when needed)` : stateDir.path);
  }
  return problem(
    "state-dir",
    `${stateDir.path} cannot be written (${stateDir.reason}), so no events and locks can be kept`,
    "Give yourself the right to write there, or set `state_dir` in the config.",
  );
}

/** What the config wants to be watched; nothing where it wants nothing. */
export function judgeHeartbeat(config: Config): readonly Check[] {
  const off = switchedOff(config);
  if (off === undefined) return [];
  return [
    warning("heartbeat", off, "Switch it on: `pictl config set automatic_heartbeat enabled`, and run `pictl daemon`."),
  ];
}
