import type Ssh2 from "ssh2";
import type { AnyAuthMethod, BaseAgent, ParsedKey, SigningRequestOptions } from "ssh2";
import type { SshTarget } from "../../../domain/ssh/config/target.ts";
import { isFidoKey, keyType, parseCertificate, signatureBlob } from "../../../domain/ssh/auth/certificate.ts";
import { wireStrings } from "../../../domain/ssh/auth/wire.ts";
import { agentKeys, agentSign } from "./agent.ts";
import { type CertificateFile, readCertificate, readPublicBlob } from "./certificates.ts";
import type { Questions } from "../config/questions.ts";
import { askedOnce, freshMs } from "../config/questions.ts";
import { readKeyFile, type KeyFile } from "./key-file.ts";
import { rawAttempt, type RawKey } from "./raw-key.ts";

/** A key that a server can be offered. */
export interface Identity {
  /** How messages name it: its file, or its comment in the agent. */
  readonly label: string;
  readonly blob: Buffer;
  attempt(user: string): AnyAuthMethod;
  /** A whole signature blob; missing where the private half is not at hand. */
  readonly sign?: (data: Buffer) => Promise<Buffer>;
}

/**
 * The keys of this machine and its agent, read once for all nodes that connect at the same time. A key that was unlocked
 * stays so, and what is wrong with a file is told once.
 */
export class Keyring {
  readonly #ssh2: typeof Ssh2;
  readonly #questions: Questions;
  readonly #warn: (message: string) => void;
  readonly #agents = askedOnce<Identity[]>(freshMs);
  readonly #files = askedOnce<Identity | undefined>(freshMs);
  readonly #rings = askedOnce<Identity[]>(freshMs);
  readonly #unlocked = askedOnce<ParsedKey | undefined>();

  constructor(ssh2: typeof Ssh2, questions: Questions, warn: (message: string) => void) {
    this.#ssh2 = ssh2;
    this.#questions = questions;
    const told = new Set<string>();
    this.#warn = (message) => {
      if (!told.has(message)) warn(message);
      told.add(message);
    };
  }

  /**
   * What to offer, in OpenSSH's order: certificates, the agent's keys that are also identity files, the agent's other
   * keys (unless IdentitiesOnly), the identity files the agent does not hold.
   */
  identities(target: SshTarget): Promise<Identity[]> {
    const { agent, certificateFiles, identityFiles, identitiesOnly } = target;
    return this.#rings(JSON.stringify([agent, certificateFiles, identityFiles, identitiesOnly]), async () => {
      const [held, files, certificates] = await Promise.all([
        agent === undefined ? [] : this.#agents(agent, () => this.#readAgent(agent)),
        Promise.all(identityFiles.map((file) => this.#files(file, () => this.#readFile(file, identitiesOnly)))),
        this.#readCertificates(target),
      ]);
      const named = files.filter((identity) => identity !== undefined);
      const both = named.flatMap((file) => held.filter((key) => key.blob.equals(file.blob)));
      const others = identitiesOnly ? [] : held.filter((key) => !both.includes(key));
      const alone = named.filter((file) => !both.some((key) => key.blob.equals(file.blob)));
      for (const key of alone) if (key instanceof PublicOnly && key.fido) this.#warn(fidoProblem(key.label));
      const signers = [...both, ...others, ...alone];
      return [
        ...certificates.flatMap((certificate) => this.#certified(certificate, signers)),
        ...both,
        ...others,
        ...alone.filter((identity) => !(identity instanceof PublicOnly)),
      ];
    });
  }

  async #readCertificates({ certificateFiles, identityFiles }: SshTarget): Promise<readonly CertificateFile[]> {
    const beside = identityFiles.map((file) => `${file}-cert.pub`).filter((file) => !certificateFiles.includes(file));
    const now = Math.floor(Date.now() / 1000);
    const read = await Promise.all([...certificateFiles, ...beside].map((file) => readCertificate(file, now)));
    read.forEach(({ problem, missing }, index) => {
      if (problem !== undefined) this.#warn(problem);
      const path = certificateFiles[index];
      if (missing && path !== undefined) this.#warn(`The certificate ${path} does not exist, or cannot be read.`);
    });
    return read.flatMap(({ certificate }) => certificate ?? []);
  }

  /** A certificate is as good as the private key that it is of. */
  #certified(certificate: CertificateFile, signers: readonly Identity[]): Identity[] {
    const { path, blob, algorithm } = certificate;
    const signer = signers.find((each) => each.sign !== undefined && each.blob.equals(certificate.key));
    if (signer?.sign !== undefined) return [this.#raw(`certificate ${path}`, { blob, algorithm, sign: signer.sign })];
    this.#warn(`The certificate ${path} is not used: its private key is neither an identity file nor in the agent.`);
    return [];
  }

  #raw(label: string, raw: RawKey): Identity {
    const { parseKey } = this.#ssh2.utils;
    const model = parseKey(someKey);
    if (model instanceof Error) throw model;
    return { label, blob: raw.blob, attempt: (username) => rawAttempt(this.#ssh2, model, raw, username) };
  }

  async #readAgent(socket: string): Promise<Identity[]> {
    const agent = this.#ssh2.createAgent(socket);
    const keys = await new Promise<ParsedKey[]>((resolve) => {
      agent.getIdentities((error, found) => {
        if (error) this.#warn(`The SSH agent at ${socket} does not answer (${error.message}).`);
        resolve(error ? [] : ((found ?? []) as ParsedKey[]));
      });
    });
    const known = keys.filter(isUsable).map((key) => ({
      label: `${key.comment || key.type} (agent)`,
      blob: key.getPublicSSH(),
      sign: (data: Buffer) => agentSign(socket, key.getPublicSSH(), data),
      attempt: (username: string): AnyAuthMethod => ({
        type: "agent",
        username,
        agent: this.#singleKeyAgent(key, (data, hash) => {
          return new Promise((resolve, reject) => {
            const options = hash === undefined ? {} : ({ hash } as SigningRequestOptions);
            agent.sign(key, data, options, (error, signature) => {
              if (error || !signature) reject(error ?? new Error("the agent gave no signature"));
              else resolve(signature);
            });
          });
        }),
      }),
    }));
    return [...(await this.#readUnknownTo(socket)), ...known];
  }

  /** The agent's certificates and FIDO keys, which ssh2 passes over. */
  async #readUnknownTo(socket: string): Promise<Identity[]> {
    const keys = await agentKeys(socket).catch(() => []);
    return keys.flatMap(({ blob, comment }) => {
      const type = keyType(blob);
      const algorithm = isFidoKey(type) ? type : parseCertificate(blob)?.algorithm;
      if (algorithm === undefined) return [];
      return [
        this.#raw(`${comment || type} (agent)`, { blob, algorithm, sign: (data) => agentSign(socket, blob, data) }),
      ];
    });
  }

  async #readFile(path: string, explicit: boolean): Promise<Identity | undefined> {
    const file = await readKeyFile(this.#ssh2.utils.parseKey, path);
    switch (file.kind) {
      case "missing":
        if (explicit) this.#warn(`The identity file ${path} does not exist.`);
        return undefined;
      case "unusable": {
        const beside = await readPublicBlob(`${path}.pub`);
        if (beside && isFidoKey(keyType(beside))) return new PublicOnly(path, beside, true);
        this.#warn(file.problem);
        return undefined;
      }
      case "public":
        return new PublicOnly(path, file.key.getPublicSSH());
      case "private": {
        const { key } = file;
        return {
          label: path,
          blob: key.getPublicSSH(),
          attempt: (username) => ({ type: "publickey", username, key }),
          sign: (data) => Promise.resolve(signedBy(key, data)),
        };
      }
      case "encrypted":
        return this.#encrypted(path, file);
    }
  }

  /** Offered by its public half; unlocked only when a server wants it, as ssh does. */
  async #encrypted(path: string, file: Extract<KeyFile, { kind: "encrypted" }>): Promise<Identity | undefined> {
    // Another key may come into this file's place.
    const which = `${path} ${file.digest}`;
    const unlock = (): Promise<ParsedKey | undefined> => this.#unlocked(which, () => this.#unlock(path, file));
    const key = file.publicKey ?? (await unlock());
    if (key === undefined) return undefined;
    const unlocked = async (): Promise<ParsedKey> => {
      const opened = await unlock();
      if (opened === undefined) throw new Error(`no passphrase for ${path}`);
      return opened;
    };
    return {
      label: path,
      blob: key.getPublicSSH(),
      sign: async (data) => signedBy(await unlocked(), data),
      attempt: (username) => ({
        type: "agent",
        username,
        agent: this.#singleKeyAgent(key, async (data, hash) => (await unlocked()).sign(data, hash)),
      }),
    };
  }

  async #unlock(path: string, file: Extract<KeyFile, { kind: "encrypted" }>): Promise<ParsedKey | undefined> {
    for (let attempt = 0; attempt < 3; attempt++) {
      const passphrase = await this.#questions.passphrase?.(path);
      if (passphrase === undefined) break;
      const key = file.unlock(passphrase);
      if (key) return key;
      this.#warn(`That passphrase does not open ${path}.`);
    }
    if (!this.#questions.passphrase) {
      this.#warn(
        `${path} is encrypted and nobody can be asked for its passphrase: add it to an agent (\`ssh-add ${path}\`).`,
      );
    }
    return undefined;
  }

  /** ssh2 signs synchronously, except through an agent: so whatever may have to wait poses as one. */
  #singleKeyAgent(key: ParsedKey, sign: (data: Buffer, hash: string | undefined) => Promise<Buffer>): BaseAgent {
    const { BaseAgent } = this.#ssh2;
    type SignCallback = (error?: Error | null, signature?: Buffer) => void;
    class SingleKeyAgent extends BaseAgent {
      getIdentities(done: (error: Error | undefined, keys?: ParsedKey[]) => void): void {
        done(undefined, [key]);
      }
      sign(_key: unknown, data: Buffer, options: { hash?: string } | SignCallback, done?: SignCallback): void {
        const callback = typeof options === "function" ? options : done;
        const hash = typeof options === "function" ? undefined : options.hash;
        sign(data, hash).then(
          (signature) => callback?.(null, signature),
          (error: unknown) => callback?.(error as Error),
        );
      }
    }
    return new SingleKeyAgent();
  }
}

/** An IdentityFile that is a public key: it only says which of the agent's keys is meant. */
class PublicOnly implements Identity {
  readonly label: string;
  readonly blob: Buffer;
  /** Its private half is in a device. */
  readonly fido: boolean;

  constructor(label: string, blob: Buffer, fido = false) {
    this.label = label;
    this.blob = blob;
    this.fido = fido;
  }

  attempt(): AnyAuthMethod {
    throw new Error(`${this.label} is a public key`);
  }
}

/** What ssh2 itself can offer of an agent. */
function isUsable(key: ParsedKey): boolean {
  return !(key instanceof Error) && /^(ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp\d+)$/.test(key.type);
}

function signedBy(key: ParsedKey, data: Buffer): Buffer {
  const signature: unknown = key.sign(data, key.type === "ssh-rsa" ? "sha512" : undefined);
  if (!(signature instanceof Uint8Array)) throw signature;
  return Buffer.from(signatureBlob(key.type, signature));
}

function fidoProblem(path: string): string {
  return `${path} is a FIDO key, which pictl uses through an agent: \`ssh-add ${path}\`.`;
}

/** Any public key: a model for those that ssh2 cannot read. */
const someKey = `ssh-ed25519 ${Buffer.from(wireStrings("ssh-ed25519", new Uint8Array(32))).toString("base64")}`;
