import { execFileSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { copyFile, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import type { Ask } from "../../../../src/app/ports.ts";
import { words } from "../../../../src/domain/shell.ts";
import { startAgent } from "../../../support/ssh-agent.ts";
import { openTestNodes, rejection, stdoutOf } from "../../../support/ssh.ts";
import { keygen, startSshd, whyNoSshd, type Sshd } from "../../../support/sshd.ts";

describe.skipIf(whyNoSshd)(
  `ssh_config, keys and hops${whyNoSshd ? ` (${whyNoSshd})` : ""}`,
  { timeout: 30_000 },
  () => {
    let sshd: Sshd;
    let bastion: Sshd;
    beforeAll(async () => {
      [sshd, bastion] = await Promise.all([startSshd(), startSshd()]);
      // A passphrase costs its owner a second, by design.
      await keygen(join(sshd.dir, "locked"), "ed25519", "open sesame");
      await keygen(join(sshd.dir, "locked_ecdsa"), "ecdsa", "open sesame");
      const keys = await Promise.all(
        ["locked", "locked_ecdsa"].map((name) => readFile(join(sshd.dir, `${name}.pub`), "utf8")),
      );
      const authorized = join(sshd.dir, "authorized_keys");
      await writeFile(authorized, (await readFile(authorized, "utf8")) + keys.join(""));
      await writeFile(join(bastion.dir, "authorized_keys"), await readFile(join(sshd.dir, "key.pub"), "utf8"));
    });
    afterAll(async () => {
      await Promise.all([sshd.stop(), bastion.stop()]);
    });

    let count = 0;
    const config = async (text: string): Promise<string> => {
      const file = join(sshd.dir, `config_${count++}`);
      await writeFile(file, text);
      return file;
    };
    const bare = (address: string) => ({ name: "n1", address, labels: {}, ssh: {}, cordoned: false });

    test("aliases, several identity files, an own known_hosts file: as ssh would", async () => {
      const sshConfigFile = await config(`
Include ${sshd.dir}/included_*
Host *
  IdentityFile ${sshd.dir}/not-there
  IdentityFile ${sshd.key}
  UserKnownHostsFile /dev/null ${sshd.knownHosts}
`);
      await writeFile(
        join(sshd.dir, "included_1"),
        `Host web*\n  HostName 127.0.0.1\n  Port ${sshd.port}\n  User root\n`,
      );
      const connection = await openTestNodes({ sshConfigFile }).connect(bare("web7"));
      expect(await stdoutOf(connection.run(words("id", "-un")))).toBe("root\n");
    });

    test("without OpenSSH on this machine, the files are read all the same", async () => {
      const sshConfigFile = await config(`
Host web? !web9
  HostName 127.0.0.1
  Port ${sshd.port}
Host *
  User root
  IdentityFile ${sshd.key}
  UserKnownHostsFile ${sshd.knownHosts}
`);
      const path = process.env["PATH"];
      process.env["PATH"] = "/nowhere";
      onTestFinished(() => {
        process.env["PATH"] = path;
        return Promise.resolve();
      });
      await openTestNodes({ sshConfigFile }).connect(bare("web7"));
      await rejection(openTestNodes({ sshConfigFile }).connect(bare("web9.invalid")), "node-unreachable");
    });

    test("what pictl's own config says wins", async () => {
      const sshConfigFile = await config("Host *\n  Port 1\n  User nobody\n  IdentityFile /nowhere\n");
      await openTestNodes({ sshConfigFile }).connect(sshd.node());
    });

    test("an error in the file is told", async () => {
      const sshConfigFile = await config("Host *\n  Port many\n");
      const error = await rejection(openTestNodes({ sshConfigFile }).connect(bare("h")), "node-unreachable");
      expect(error.message).toContain(sshConfigFile);
    });

    describe("ProxyCommand", () => {
      test("is the connection, and goes with it", async () => {
        const mark = `pictl-proxy-${randomUUID()}`;
        const command = `env MARK=${mark} busybox nc %h %p`;
        const sshConfigFile = await config(`Host far\n  HostName 127.0.0.1\n  ProxyCommand ${command}\n`);
        const nodes = openTestNodes({ sshConfigFile });
        const connection = await nodes.connect({ ...sshd.node("far"), address: "far" });
        expect(await stdoutOf(connection.run(words("echo", "hi")))).toBe("hi\n");
        const running = (): number => processesWith(mark);
        expect(running()).toBe(1);
        await nodes.close();
        await expect.poll(running).toBe(0);
      });

      test.each([
        [
          "that fails is told in its own words",
          "sh -c 'echo tunnel is down >&2; exit 3'",
          "ended with code 3: tunnel is down.",
        ],
        ["that is not there", "no-such-program %h", "ended with code 127: "],
      ])("one %s", async (_what, command, told) => {
        const sshConfigFile = await config(`Host *\n  ProxyCommand ${command}\n`);
        const error = await rejection(openTestNodes({ sshConfigFile }).connect(bare("h")), "node-unreachable");
        expect(error.message).toContain(`The ProxyCommand for h:22 ${told}`);
      });

      test("one that says nothing is given up when connecting is", async () => {
        const sshConfigFile = await config("Host *\n  ProxyCommand sleep 60\n  ConnectTimeout 1\n");
        await rejection(openTestNodes({ sshConfigFile }).connect(bare("h")), "node-unreachable");
      });
    });

    test("HostKeyAlias", async () => {
      const knownHosts = join(sshd.dir, "aliased");
      await writeFile(
        knownHosts,
        (await readFile(sshd.knownHosts, "utf8")).replace(`[127.0.0.1]:${sshd.port}`, "the-alias"),
      );
      const sshConfigFile = await config("Host *\n  HostKeyAlias the-alias\n");
      await openTestNodes({ sshConfigFile }).connect(sshd.node("n1", { knownHostsFile: knownHosts }));
    });

    describe("what changes while a process runs", () => {
      test("ssh_config is read again for a new connection", async () => {
        const of = (port: number): string =>
          `Host web*\n  HostName 127.0.0.1\n  Port ${port}\nHost *\n  User root\n  IdentityFile ${sshd.key}\n  UserKnownHostsFile ${sshd.knownHosts}\n`;
        const sshConfigFile = await config(of(1));
        const nodes = openTestNodes({ sshConfigFile });
        await rejection(nodes.connect(bare("web1")), "node-unreachable");
        await writeFile(sshConfigFile, of(sshd.port));
        await expect.poll(() => nodes.connect(bare("web1")), { timeout: 10_000 }).toBeDefined();
      });

      test("another address or login of a node in pictl's config is another connection", async () => {
        const nodes = openTestNodes();
        const first = await nodes.connect(sshd.node());
        expect(await nodes.connect(sshd.node())).toBe(first);
        expect(await nodes.connect({ ...sshd.node(), address: "127.0.0.2" }).catch(() => undefined)).not.toBe(first);
      });

      test("a key that comes into the place of another is used, and what is wrong with it is told once", async () => {
        const identityFile = join(sshd.dir, "changing");
        const nodes = openTestNodes();
        const node = sshd.node("n1", { identityFile });
        await rejection(nodes.connect(node), "auth-failed");
        await copyFile(sshd.key, identityFile);
        await expect.poll(() => nodes.connect(node), { timeout: 10_000, interval: 500 }).toBeDefined();
        expect(nodes.warnings).toEqual([`The identity file ${identityFile} does not exist.`]);
      });
    });

    describe("jump hosts", () => {
      const both = async (): Promise<string> => {
        const file = join(sshd.dir, "both_known_hosts");
        await writeFile(file, (await readFile(sshd.knownHosts, "utf8")) + (await readFile(bastion.knownHosts, "utf8")));
        return file;
      };

      test("one, then two: each verified, one connection for all nodes", async () => {
        const knownHostsFile = await both();
        const nodes = openTestNodes();
        const proxyJump = `root@127.0.0.1:${bastion.port}`;
        const via = await Promise.all(
          [1, 2, 3].map((i) => nodes.connect(sshd.node(`n${i}`, { proxyJump, knownHostsFile, port: sshd.port }))),
        );
        expect(await Promise.all(via.map((connection) => stdoutOf(connection.run(words("echo", "hi")))))).toEqual(
          via.map(() => "hi\n"),
        );
        expect((await bastion.log()).match(/Accepted publickey/g)).toHaveLength(1);

        const twice = `${proxyJump},root@127.0.0.1:${sshd.port}`;
        const far = await nodes.connect(
          bastion.node("far", { proxyJump: twice, knownHostsFile, identityFile: sshd.key }),
        );
        expect(await stdoutOf(far.run(words("echo", "far")))).toBe("far\n");
      });

      test("one whose key is unknown is named, and can be trusted", async () => {
        const knownHostsFile = join(sshd.dir, "only_node");
        await copyFile(sshd.knownHosts, knownHostsFile);
        const node = sshd.node("n1", { proxyJump: `root@127.0.0.1:${bastion.port}`, knownHostsFile });
        const nodes = openTestNodes();
        const error = await rejection(nodes.connect(node), "host-key-unknown");
        expect(error.message).toContain(`the jump host [127.0.0.1]:${bastion.port}`);
        const shown = await nodes.hostKeys.shown(node);
        expect(shown.hop).toBe("127.0.0.1");
        await nodes.hostKeys.trust(shown);
        await nodes.connect(node);
      });

      test("one that refuses the login is told, and no key of it is shown to be trusted in the node's place", async () => {
        const proxyJump = `root@127.0.0.1:${bastion.port}`;
        const identityFile = join(sshd.dir, "unknown_to_bastion");
        await keygen(identityFile);
        const node = sshd.node("n1", { proxyJump, knownHostsFile: await both(), identityFile });
        const error = await rejection(openTestNodes().hostKeys.shown(node), "auth-failed");
        expect(error.message).toContain(`127.0.0.1:${bastion.port} refused the login of root.`);
      });

      test("one that cannot reach the node", async () => {
        const proxyJump = `root@127.0.0.1:${bastion.port}`;
        const node = sshd.node("n1", { proxyJump, knownHostsFile: await both(), port: 1 });
        const error = await rejection(openTestNodes().connect(node), "node-unreachable");
        expect(error.message).toMatch(/^The jump host could not connect to 127\.0\.0\.1:1: .*refused/);
      });

      test("hosts that jump through each other", async () => {
        const sshConfigFile = await config("Host a\n  ProxyJump b\nHost b\n  ProxyJump a\n");
        const error = await rejection(openTestNodes({ sshConfigFile }).connect(bare("a")), "node-unreachable");
        expect(error.message).toContain("do they name each other?");
      });
    });

    describe("keys", () => {
      const passphrase = (answers: string[], asked: string[]): Ask => ({
        confirm: () => Promise.resolve(false),
        text: () => Promise.reject(new Error("not asked")),
        hidden: (question) => {
          asked.push(question);
          return Promise.resolve(answers.shift() ?? "");
        },
      });

      test.each(["locked", "locked_ecdsa"])(
        "an encrypted key (%s): its passphrase is asked once for all nodes",
        async (name) => {
          const asked: string[] = [];
          const nodes = openTestNodes({ ask: passphrase(["wrong", "open sesame"], asked) });
          const identityFile = join(sshd.dir, name);
          await Promise.all([1, 2, 3].map((i) => nodes.connect(sshd.node(`n${i}`, { identityFile }))));
          expect(asked).toEqual([`Passphrase for ${identityFile}`, `Passphrase for ${identityFile}`]);
          expect(nodes.warnings).toEqual([`That passphrase does not open ${identityFile}.`]);
        },
      );

      test("an encrypted key and nobody to ask", async () => {
        const nodes = openTestNodes();
        await rejection(nodes.connect(sshd.node("n1", { identityFile: join(sshd.dir, "locked") })), "auth-failed");
        expect(nodes.warnings.join()).toContain("add it to an agent");
      });

      test("an agent", async () => {
        const env = await startAgent(join(sshd.dir, "agent"), [sshd.key]);
        const ssh = { user: "root", port: sshd.port, knownHostsFile: sshd.knownHosts };
        const connection = await openTestNodes({ env }).connect({ ...sshd.node(), ssh });
        expect(connection.login?.method).toContain("(agent)");
        await rejection(
          openTestNodes({ env: { SSH_AUTH_SOCK: `${env.SSH_AUTH_SOCK}-gone` } }).connect({ ...sshd.node(), ssh }),
          "auth-failed",
        );
      });

      test("keys are offered as ssh does: first those of the agent that are named, and with IdentitiesOnly no others of it", async () => {
        const [named, other, alone, pointed] = ["named", "other", "alone", "pointed"].map((comment) => {
          const path = join(sshd.dir, comment);
          execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", comment, "-f", path]);
          return path;
        }) as [string, string, string, string];
        const env = await startAgent(join(sshd.dir, "agent"), [other, pointed, named]);
        // Of this one the public half says which of the agent's is meant.
        const files = [alone, named, `${pointed}.pub`].map((path) => `  IdentityFile ${path}\n`).join("");
        const ssh = { user: "root", port: sshd.port, knownHostsFile: sshd.knownHosts };
        const offered = async (more: string): Promise<string | undefined> => {
          const sshConfigFile = await config(`Host *\n${files}${more}`);
          const nodes = openTestNodes({ env, sshConfigFile });
          const { message } = await rejection(nodes.connect({ ...sshd.node(), ssh }), "auth-failed");
          return /Offered: (.*?)\./.exec(message.replaceAll(`${sshd.dir}/`, ""))?.[1];
        };
        expect(await offered("")).toBe("named (agent), pointed (agent), other (agent), alone");
        expect(await offered("  IdentitiesOnly yes\n")).toBe("named (agent), pointed (agent), alone");
      });
    });
  },
);

/** How many processes have this in their environment. */
function processesWith(mark: string): number {
  return readdirSync("/proc").filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/environ`, "utf8").includes(`MARK=${mark}`);
    } catch {
      return false;
    }
  }).length;
}
