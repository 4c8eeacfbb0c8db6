/** A node's folders in a mount namespace of this machine, with users and a Docker socket of its own, for a real sh. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { createServer, type Server } from "node:net";

/** A login; `groups`: the first is its own. */
export interface NodeUser {
  readonly uid: number;
  readonly groups: readonly number[];
  readonly env?: NodeJS.ProcessEnv;
}

export const root: NodeUser = { uid: 0, groups: [0] };

/** /run, /run/lock and /tmp are fresh; all else is this machine's. */
export class PrivateNode {
  readonly #keeper: ChildProcess;
  readonly #servers: Server[] = [];

  private constructor(keeper: ChildProcess) {
    this.#keeper = keeper;
  }

  static async start(): Promise<PrivateNode> {
    const mounts = `mount -t tmpfs -o mode=755 none /run && mkdir -m 1777 /run/lock /run/user &&
      mount -t tmpfs -o mode=1777 none /tmp && echo ready && exec cat`;
    const keeper = spawn("unshare", ["--mount", "--propagation", "private", "sh", "-c", mounts], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    await once(keeper.stdout, "data");
    return new PrivateNode(keeper);
  }

  /** Docker's socket, shared with a group. */
  async openDocker(group: number): Promise<void> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(`${this.inside}/run/docker.sock`, resolve));
    this.#servers.push(server);
    this.run(root, `chown 0:${String(group)} /run/docker.sock && chmod 660 /run/docker.sock`);
  }

  /** The path of its root folder as this machine sees it. */
  get inside(): string {
    return `/proc/${String(this.#keeper.pid)}/root`;
  }

  words(user: NodeUser, words: readonly string[]): readonly [string, ...string[]] {
    const [own = user.uid, ...others] = user.groups;
    const login = ["setpriv", `--reuid=${String(user.uid)}`, `--regid=${String(own)}`];
    const groups = others.length === 0 ? "--clear-groups" : `--groups=${others.join(",")}`;
    return ["nsenter", `--mount=/proc/${String(this.#keeper.pid)}/ns/mnt`, "--", ...login, groups, "--", ...words];
  }

  /** Runs a line of sh to its end; throws when it fails or takes more than 10 s. Resolves to its stdout. */
  run(user: NodeUser, line: string): string {
    const [program, ...args] = this.words(user, ["sh", "-c", line]);
    const { status, stdout, stderr } = spawnSync(program, args, { encoding: "utf8", timeout: 10_000, cwd: "/" });
    if (status !== 0) throw new Error(`${line}: ${String(status)} ${stderr}`);
    return stdout;
  }

  start(user: NodeUser, words: readonly string[]): ChildProcess {
    const [program, ...args] = this.words(user, words);
    return spawn(program, args, {
      stdio: ["pipe", "pipe", "pipe"],
      env: { PATH: process.env["PATH"], ...user.env },
      cwd: "/",
    });
  }

  async stop(): Promise<void> {
    for (const server of this.#servers) server.close();
    this.#keeper.kill("SIGKILL");
    await once(this.#keeper, "exit");
  }
}
