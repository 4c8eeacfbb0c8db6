import { readFile, writeFile, symlink, mkdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Ask } from "../../../../src/app/ports.ts";
import { openTestNodes, rejection } from "../../../support/ssh.ts";
import { keygen, startSshd, whyNoSshd, type Sshd } from "../../../support/sshd.ts";
import type { NodeSpec } from "../../../../src/domain/config/types.ts";

const yesMan = (answer: boolean, questions: string[] = []): Ask => ({
  confirm: (question) => {
    questions.push(question);
    return Promise.resolve(answer);
  },
  text: () => Promise.reject(new Error("not asked")),
  hidden: () => Promise.reject(new Error("not asked")),
});

describe.skipIf(whyNoSshd)(`host keys${whyNoSshd ? ` (${whyNoSshd})` : ""}`, { timeout: 30_000 }, () => {
  let sshd: Sshd;
  let file: string;
  let node: NodeSpec;
  let count = 0;
  const name = (): string => `[127.0.0.1]:${sshd.port}`;
  const key = async (type: string): Promise<string> =>
    (await readFile(join(sshd.dir, `host_${type}.pub`), "utf8")).split(" ").slice(0, 2).join(" ");
  const otherKey = async (): Promise<string> => {
    const path = join(sshd.dir, `other${count++}`);
    await keygen(path);
    return (await readFile(`${path}.pub`, "utf8")).split(" ").slice(0, 2).join(" ");
  };

  beforeAll(async () => {
    sshd = await startSshd({ hostKeyTypes: ["ed25519", "ecdsa", "rsa"] });
  });
  afterAll(() => sshd.stop());
  beforeEach(() => {
    file = join(sshd.dir, `known_hosts_${count++}`);
    node = sshd.node("n1", { knownHostsFile: file });
  });

  describe("connecting", () => {
    test.each(["ed25519", "ecdsa", "rsa"])("a host of which only the %s key is known", async (type) => {
      await writeFile(file, `${name()} ${await key(type)}\n`);
      await openTestNodes().connect(node);
    });

    test("an unknown key is refused, with its fingerprint and what to do", async () => {
      const error = await rejection(openTestNodes().connect(node), "host-key-unknown");
      expect(error.message).toMatch(/^The host key of \[127\.0\.0\.1\]:\d+ is not known: ssh-ed25519 SHA256:\S{43}\.$/);
      expect(error.hint).toContain("`pictl node trust n1`");
    });

    test("an unknown key is asked about on a terminal, once, and stored", async () => {
      const questions: string[] = [];
      await openTestNodes({ ask: yesMan(true, questions) }).connect(node);
      expect(questions).toHaveLength(1);
      expect(questions[0]).toContain("SHA256:");
      expect(await readFile(file, "utf8")).toBe(`${name()} ${await key("ed25519")}\n`);
      expect((await stat(file)).mode & 0o777).toBe(0o600);
      await openTestNodes().connect(node);
    });

    test("a refusal on the terminal is one", async () => {
      await rejection(openTestNodes({ ask: yesMan(false) }).connect(node), "host-key-unknown");
      await expect(readFile(file)).rejects.toThrow("ENOENT");
    });

    test("a changed key is refused without a question, and says where the old one stands", async () => {
      await writeFile(file, `# mine\n${name()} ${await otherKey()}\n`);
      const questions: string[] = [];
      const error = await rejection(openTestNodes({ ask: yesMan(true, questions) }).connect(node), "host-key-changed");
      expect(error.message).toContain(`THE HOST KEY OF ${name()} HAS CHANGED`);
      expect(error.message).toContain(`${file}:2 has another key for it`);
      expect(questions).toEqual([]);
    });

    test("a changed key is not tried again", async () => {
      await writeFile(file, `${name()} ${await otherKey()}\n`);
      const before = (await sshd.log()).match(/Connection from/g)?.length ?? 0;
      await rejection(openTestNodes().connect(node), "host-key-changed");
      expect((await sshd.log()).match(/Connection from/g)?.length).toBe(before + 1);
    });

    test("a revoked key is refused, though it is also trusted", async () => {
      await writeFile(file, `${name()} ${await key("ed25519")}\n@revoked * ${await key("ed25519")}\n`);
      const error = await rejection(openTestNodes().connect(node), "host-key-changed");
      expect(error.message).toContain(`IS REVOKED`);
      expect(error.message).toContain(`${file}:2`);
    });

    test("only a certificate authority is known", async () => {
      await writeFile(file, `@cert-authority * ${await otherKey()}\n`);
      const error = await rejection(openTestNodes().connect(node), "host-key-unknown");
      expect(error.message).toContain("host certificates are not supported");
    });

    test("a known_hosts file that cannot be read is no permission", async () => {
      await mkdir(file);
      const error = await rejection(openTestNodes().connect(node), "host-key-unknown");
      expect(error.message).toContain(`${file} is a folder, so no host key can be checked`);
    });

    test.each(["accept-new", "no"])(
      "StrictHostKeyChecking %s stores unknown keys and refuses changed ones",
      async (value) => {
        const sshConfigFile = join(sshd.dir, `config_${value}`);
        await writeFile(sshConfigFile, `StrictHostKeyChecking ${value}\nHashKnownHosts yes\n`);
        const nodes = openTestNodes({ sshConfigFile });
        await nodes.connect(node);
        expect(nodes.warnings).toHaveLength(1);
        expect(await readFile(file, "utf8")).toMatch(/^\|1\|\S+ ssh-ed25519 \S+\n$/);
        await openTestNodes({ sshConfigFile }).connect(node);

        await writeFile(file, `${name()} ${await otherKey()}\n`);
        await rejection(openTestNodes({ sshConfigFile }).connect(node), "host-key-changed");
      },
    );
  });

  describe("trusting", () => {
    test("all kinds of keys are shown without a login, and stored", async () => {
      await writeFile(file, `# mine, without a newline at the end`);
      const nodes = openTestNodes();
      const shown = await nodes.hostKeys.shown({ ...node, ssh: { ...node.ssh, user: "nobody-at-all" } });
      expect(shown).toMatchObject({ node: "n1", hop: undefined, name: name() });
      expect(shown.keys.map(({ type, status }) => `${type} ${status}`)).toEqual([
        "ssh-ed25519 unknown",
        "ecdsa-sha2-nistp256 unknown",
        "ssh-rsa unknown",
      ]);
      expect(await nodes.hostKeys.trust(shown)).toBe(file);
      const stored = await Promise.all(
        ["ed25519", "ecdsa", "rsa"].map(async (type) => `${name()} ${await key(type)}\n`),
      );
      expect(await readFile(file, "utf8")).toBe(`# mine, without a newline at the end\n${stored.join("")}`);

      await nodes.hostKeys.trust(await nodes.hostKeys.shown(node));
      expect((await readFile(file, "utf8")).split("\n")).toHaveLength(5);
      await nodes.connect(node);
    });

    test("a changed key needs to be replaced, which removes the old one and nothing else", async () => {
      const real = `${file}_real`;
      const old = await otherKey();
      await writeFile(real, `other.example ${old}\n${name()},alias.example ${old}\n${name()} ${old}\n`, {
        mode: 0o640,
      });
      await symlink(real, file);
      const nodes = openTestNodes();
      const shown = await nodes.hostKeys.shown(node);
      expect(shown.keys[0]).toMatchObject({ status: "changed", entry: `${file}:2` });
      await rejection(nodes.hostKeys.trust(shown), "host-key-changed");
      await nodes.hostKeys.trust(shown, { replace: true });
      const lines = (await readFile(file, "utf8")).trimEnd().split("\n");
      expect(lines.slice(0, 2)).toEqual([`other.example ${old}`, `alias.example ${old}`]);
      expect(lines).toHaveLength(5);
      expect((await stat(real)).mode & 0o777).toBe(0o640);
      await openTestNodes().connect(node);
    });

    test("a revoked key cannot be trusted", async () => {
      await writeFile(file, `@revoked * ${await key("rsa")}\n`);
      const nodes = openTestNodes();
      const shown = await nodes.hostKeys.shown(node);
      expect(shown.keys[2]?.status).toBe("revoked");
      await rejection(nodes.hostKeys.trust(shown, { replace: true }), "host-key-changed");
      expect(await readFile(file, "utf8")).toBe(`@revoked * ${await key("rsa")}\n`);
    });
  });
});
