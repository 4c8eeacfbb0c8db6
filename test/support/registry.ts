/** A real registry server (Debian's docker-registry) for a test: its own folder and a free port. */
import { execFile, spawn, type ChildProcess } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import type { TestLab } from "./lab.ts";

const exec = promisify(execFile);
const program = "/usr/bin/docker-registry";

/** Why no registry can be started here; undefined when it can. */
export const whyNoRegistry: string | undefined = existsSync(program) ? undefined : "needs docker-registry";

/** Who may log in to a registry with `login: "basic"`. */
export const account = { username: "tester", password: "correct-horse-battery" } as const;
/** crypt(3) of the password with bcrypt, the only hash the registry takes. */
const passwordHash = "$2y$05$abcdefghijklmnopqrstuuSnF5tLPqPFqc0z9CY0HcSLFbSRlL67u";

export interface RegistryOptions {
  /** Default: 127.0.0.1. */
  readonly address?: string;
  /** With a certificate of its own making. */
  readonly tls?: boolean;
  readonly login?: "basic" | { readonly realm: string; readonly service: string; readonly certificates: string };
}

export interface TestRegistry {
  /** `ADDRESS:PORT`, as in an image's name. */
  readonly host: string;
  readonly url: string;
  /** The certificate (PEM) by which this registry is known; undefined without TLS. */
  readonly certificate: string | undefined;
  /** Pushes an image without layers under each tag. */
  push(name: string, tags: readonly string[]): Promise<void>;
  /** What the registry wrote to its log so far. */
  log(): Promise<string>;
  /** The registry takes connections and answers nothing, until it is resumed. */
  pause(): void;
  resume(): void;
  stop(): Promise<void>;
}

export async function startRegistry(options: RegistryOptions = {}): Promise<TestRegistry> {
  const address = options.address ?? "127.0.0.1";
  const dir = await mkdtemp(join(tmpdir(), "pictl-registry-"));
  const port = await freePort(address);
  const host = `${address}:${port}`;
  const url = `${options.tls ? "https" : "http"}://${host}`;
  const certificate = options.tls ? await selfSigned(dir, address) : undefined;
  await writeFile(join(dir, "htpasswd"), `${account.username}:${passwordHash}\n`);
  await writeFile(join(dir, "config.yml"), configuration(dir, host, options));
  const logFile = join(dir, "log");
  const server = spawn("sh", ["-c", `exec ${program} serve "$1/config.yml" >"$1/log" 2>&1`, "sh", dir], {
    stdio: "ignore",
  });
  await answering(url, server, logFile);
  return {
    host,
    url,
    certificate,
    push: (name, tags) => push(url, name, tags),
    log: () => readFile(logFile, "utf8"),
    pause: () => void server.kill("SIGSTOP"),
    resume: () => void server.kill("SIGCONT"),
    async stop() {
      server.kill("SIGKILL");
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/** Puts its certificate where docker on a node looks for it. */
export async function trustRegistry(lab: TestLab, node: string, registry: TestRegistry): Promise<void> {
  const { host, certificate = "" } = registry;
  const folder = `/etc/docker/certs.d/${host}`;
  await lab.inside(node, `mkdir -p ${folder}; cat >${folder}/ca.crt <<END\n${certificate}END`);
}

function configuration(dir: string, host: string, { tls, login }: RegistryOptions): string {
  const auth =
    login === undefined
      ? {}
      : login === "basic"
        ? { htpasswd: { realm: "test", path: join(dir, "htpasswd") } }
        : { token: { realm: login.realm, service: login.service, issuer: "test", rootcertbundle: login.certificates } };
  // JSON is YAML.
  return JSON.stringify({
    version: "0.1",
    log: { level: "warn", accesslog: { disabled: true } },
    storage: { filesystem: { rootdirectory: join(dir, "data") } },
    auth,
    http: { addr: host, ...(tls ? { tls: { certificate: join(dir, "cert.pem"), key: join(dir, "key.pem") } } : {}) },
  });
}

/** Makes key.pem and cert.pem for an IP address; returns the certificate's text. */
export async function selfSigned(dir: string, address: string): Promise<string> {
  const cert = join(dir, "cert.pem");
  const words = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=registry";
  const name = ["-addext", `subjectAltName=IP:${address}`, "-keyout", join(dir, "key.pem"), "-out", cert];
  await exec("openssl", [...words.split(" "), ...name]);
  return readFile(cert, "utf8");
}

async function freePort(address = "127.0.0.1"): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, address, resolve);
  });
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function answering(url: string, server: ChildProcess, logFile: string): Promise<void> {
  const deadline = performance.now() + 20_000;
  for (;;) {
    const ready = await call(url, "GET", "/v2/").then(
      () => true,
      () => false,
    );
    if (ready) return;
    if (server.exitCode !== null || performance.now() > deadline) {
      server.kill("SIGKILL");
      throw new Error(`the registry did not start:\n${await readFile(logFile, "utf8")}`);
    }
    await sleep(20);
  }
}

async function push(url: string, name: string, tags: readonly string[]): Promise<void> {
  const image = Buffer.from(JSON.stringify({ architecture: "amd64", os: "linux", rootfs: { type: "layers" } }));
  const digest = `sha256:${createHash("sha256").update(image).digest("hex")}`;
  const { location = "" } = (await call(url, "POST", `/v2/${name}/blobs/uploads/`)).headers;
  const upload = new URL(location, url);
  upload.searchParams.set("digest", digest);
  await call(url, "PUT", `${upload.pathname}${upload.search}`, image, "application/octet-stream");
  const type = "application/vnd.docker.distribution.manifest.v2+json";
  const config = { mediaType: "application/vnd.docker.container.image.v1+json", size: image.length, digest };
  const manifest = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: type, config, layers: [] }));
  for (const tag of tags) {
    const { status, text } = await call(url, "PUT", `/v2/${name}/manifests/${tag}`, manifest, type);
    if (status !== 201) throw new Error(`pushing ${name}:${tag} was answered with ${status}: ${text}`);
  }
}

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly text: string;
}

function call(url: string, method: string, path: string, body?: Uint8Array, type?: string): Promise<Answer> {
  const request = url.startsWith("https:") ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    const sent = request(
      new URL(path, url),
      {
        method,
        rejectUnauthorized: false,
        auth: `${account.username}:${account.password}`,
        headers: { ...(type && { "content-type": type }), "content-length": body?.length ?? 0 },
      },
      (answer) => {
        let text = "";
        answer.on("data", (chunk: Buffer) => (text += chunk.toString()));
        answer.on("error", reject);
        answer.on("end", () => {
          const headers = answer.headers as Record<string, string | undefined>;
          resolve({ status: answer.statusCode ?? 0, headers, text });
        });
      },
    );
    sent.on("error", reject);
    sent.end(body);
  });
}
