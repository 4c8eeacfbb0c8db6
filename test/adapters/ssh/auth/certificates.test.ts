import { execFile } from "node:child_process";
import { createHash, createPrivateKey, generateKeyPairSync, sign } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import type { NodeSpec } from "../../../../src/domain/config/types.ts";
import { WireReader, wireStrings } from "../../../../src/domain/ssh/auth/wire.ts";
import { words } from "../../../../src/domain/shell.ts";
import { startAgent } from "../../../support/ssh-agent.ts";
import { openTestNodes, rejection, stdoutOf } from "../../../support/ssh.ts";
import { keygen, startSshd, whyNoSshd, type Sshd } from "../../../support/sshd.ts";

const exec = promisify(execFile);

describe.skipIf(whyNoSshd)(
  `certificates and FIDO keys${whyNoSshd ? ` (${whyNoSshd})` : ""}`,
  { timeout: 30_000 },
  () => {
    let folder: string;
    let ca: string;
    let sshd: Sshd;
    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), "pictl-cert-"));
      ca = join(folder, "ca");
      await keygen(ca);
      sshd = await startSshd({ config: [`TrustedUserCAKeys ${ca}.pub`, "AuthorizedKeysFile none"] });
    });
    afterAll(async () => {
      await sshd.stop();
      await rm(folder, { recursive: true });
    });
    let count = 0;
    /** A key and a certificate of it that is good for root, beside it as ssh looks for it. */
    const certified = async ({ type = "ed25519", passphrase = "", validity = "-1m:+1h" } = {}): Promise<string> => {
      const path = join(folder, `id${String(count++)}`);
      await keygen(path, type, passphrase);
      await exec("ssh-keygen", ["-q", "-s", ca, "-I", "me", "-n", "root", "-V", validity, `${path}.pub`]);
      return path;
    };
    const hello = async (identityFile: string, options: Parameters<typeof openTestNodes>[0] = {}): Promise<string> => {
      const connection = await openTestNodes(options).connect(sshd.node("n1", { identityFile }));
      return `${await stdoutOf(connection.run(words("echo", "in")))}${connection.login?.method ?? ""}`;
    };

    test.each(["ed25519", "rsa", "ecdsa"])("a certificate beside an %s key", async (type) => {
      const path = await certified({ type });
      expect(await hello(path)).toBe(`in\nkey certificate ${path}-cert.pub`);
    });

    test("a certificate of an encrypted key", async () => {
      const path = await certified({ passphrase: "open sesame" });
      const ask = {
        confirm: () => Promise.resolve(false),
        text: () => Promise.reject(new Error("not asked")),
        hidden: () => Promise.resolve("open sesame"),
      };
      expect(await hello(path, { ask })).toBe(`in\nkey certificate ${path}-cert.pub`);
    });

    test("CertificateFile", async () => {
      const path = await certified();
      const elsewhere = join(folder, "elsewhere-cert.pub");
      await rename(`${path}-cert.pub`, elsewhere);
      const sshConfigFile = join(folder, "config");
      await writeFile(sshConfigFile, `Host *\n  CertificateFile ${elsewhere}\n`);
      expect(await hello(path, { sshConfigFile })).toBe(`in\nkey certificate ${elsewhere}`);
    });

    /** A node that is logged in to with what an agent holds, which is this key and its certificate. */
    const throughAgent = async (path: string) => {
      const env = await startAgent(`${path}-agent`, [path]);
      const sshConfigFile = join(folder, "config");
      await writeFile(sshConfigFile, "Host *\n  IdentityFile /nowhere\n");
      return openTestNodes({ env, sshConfigFile }).connect(withoutKey(sshd));
    };

    test("a certificate in the agent", async () => {
      const connection = await throughAgent(await certified({ type: "ecdsa" }));
      expect(connection.login?.method).toBe("key pictl-test (agent)");
    });

    test("each key in the agent is offered once, since a server hears a few only", async () => {
      const plain = join(folder, "plain");
      await keygen(plain);
      expect((await rejection(throughAgent(plain), "auth-failed")).message).toContain(
        "Offered: pictl-test (agent). The server takes",
      );
      // A certificate is another key than its own.
      const ended = await certified({ validity: "-2h:-1h" });
      expect((await rejection(throughAgent(ended), "auth-failed")).message).toContain(
        "Offered: pictl-test (agent), pictl-test (agent). The server takes",
      );
    });

    test.each([
      ["that has ended", "-2h:-1h", /The certificate \S+-cert\.pub \(me\) is ignored: it ended on \S+ at \S+ UTC/],
      ["that begins later", "+1h:+2h", /is ignored: it begins on .* Is the clock right here\?/],
    ])("one %s is told", async (_what, validity, told) => {
      const path = await certified({ validity });
      const warnings: string[] = [];
      const nodes = openTestNodes({ warn: (message) => warnings.push(message) });
      await rejection(nodes.connect(sshd.node("n1", { identityFile: path })), "auth-failed");
      expect(warnings).toEqual([expect.stringMatching(told)]);
    });

    test("one whose private key is not here is told", async () => {
      const [path, other] = [await certified(), await certified()];
      await rename(`${other}-cert.pub`, `${path}-cert.pub`);
      const warnings: string[] = [];
      const nodes = openTestNodes({ warn: (message) => warnings.push(message) });
      await rejection(nodes.connect(sshd.node("n1", { identityFile: path })), "auth-failed");
      expect(warnings).toEqual([
        `The certificate ${path}-cert.pub is not used: its private key is neither an identity file nor in the agent.`,
      ]);
    });

    test("a FIDO key without an agent is told", async () => {
      const path = join(folder, "id_sk");
      const { publicLine } = softwareFido();
      // What is in the private file is of no use without the device; ssh2 reads none of its kind.
      await keygen(path);
      const text = await readFile(path, "utf8");
      const body = Buffer.from(text.replace(/-----.*-----|\s/g, ""), "base64");
      const sk = Buffer.from(body.toString("latin1").replaceAll("ssh-ed25519", "sk-ed25519x"), "latin1");
      await writeFile(path, text.replace(/(?<=-----\n)[^-]+/, `${sk.toString("base64")}\n`), { mode: 0o600 });
      await writeFile(`${path}.pub`, `${publicLine}\n`);
      const warnings: string[] = [];
      const nodes = openTestNodes({ warn: (message) => warnings.push(message) });
      await rejection(nodes.connect(sshd.node("n1", { identityFile: path })), "auth-failed");
      expect(warnings).toEqual([`${path} is a FIDO key, which pictl uses through an agent: \`ssh-add ${path}\`.`]);
    });

    test("a FIDO key in the agent signs with its device's flags and counter, which sshd checks", async () => {
      const fido = softwareFido();
      const keys = join(folder, "authorized");
      await writeFile(keys, `${fido.publicLine}\n`, { mode: 0o644 });
      const other = await startSshd({ config: [`AuthorizedKeysFile ${keys}`] });
      onTestFinished(() => other.stop());
      const SSH_AUTH_SOCK = await fakeAgent(join(folder, "fido"), fido);
      const sshConfigFile = join(folder, "config");
      await writeFile(sshConfigFile, "Host *\n  IdentityFile /nowhere\n");
      const node = withoutKey(other);
      const connection = await openTestNodes({ env: { SSH_AUTH_SOCK }, sshConfigFile }).connect(node);
      expect(connection.login?.method).toBe("key a token (agent)");
      expect(await stdoutOf(connection.run(words("echo", "in")))).toBe("in\n");
    });
  },
);

/** A node whose config names no key. */
function withoutKey(sshd: Sshd): NodeSpec {
  return { ...sshd.node(), ssh: { user: "root", port: sshd.port, knownHostsFile: sshd.knownHosts } };
}

interface Fido {
  readonly blob: Uint8Array;
  readonly publicLine: string;
  readonly sign: (data: Uint8Array) => Uint8Array;
}

/** What a FIDO device does (PROTOCOL.u2f of OpenSSH), with its key in memory: there is no device in a test. */
function softwareFido(): Fido {
  const type = "sk-ssh-ed25519@openssh.com";
  const application = "ssh:";
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const raw = publicKey.export({ type: "spki", format: "der" }).subarray(-32);
  const blob = wireStrings(type, raw, application);
  const sha256 = (data: Uint8Array | string): Buffer => createHash("sha256").update(data).digest();
  return {
    blob,
    publicLine: `${type} ${Buffer.from(blob).toString("base64")} a token`,
    sign: (data) => {
      const touched = Buffer.from([0x01, 0, 0, 0, 7]);
      const message = Buffer.concat([sha256(application), touched, sha256(data)]);
      const key = createPrivateKey(privateKey.export({ type: "pkcs8", format: "pem" }));
      return Buffer.concat([wireStrings(type, sign(null, message, key)), touched]);
    },
  };
}

/** An agent that holds just this key, as the protocol has it. */
async function fakeAgent(path: string, { blob, sign }: Fido): Promise<string> {
  const answer = (message: Buffer): Uint8Array => {
    if (message[0] === 11) {
      return Buffer.concat([Buffer.from([12, 0, 0, 0, 1]), wireStrings(blob, "a token")]);
    }
    const reader = new WireReader(message.subarray(1));
    const [wanted, data] = [reader.string(), reader.string()];
    const known = Buffer.from(wanted).equals(Buffer.from(blob));
    return known ? Buffer.concat([Buffer.from([14]), wireStrings(sign(data))]) : Buffer.from([5]);
  };
  const server = createServer((socket: Socket) => {
    let received = Buffer.alloc(0);
    socket.on("error", () => undefined);
    socket.on("data", (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      if (received.length >= 4 && received.length >= 4 + received.readUInt32BE(0)) {
        socket.write(wireStrings(answer(received.subarray(4))));
        received = Buffer.alloc(0);
      }
    });
  });
  server.listen(path);
  await once(server, "listening");
  onTestFinished(async () => {
    server.close();
    await once(server, "close");
  });
  return path;
}
