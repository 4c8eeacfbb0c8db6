/** One real Elasticsearch node for a test file; `start.sh` says what it has and what it lacks. */
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { request } from "node:https";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export interface ElasticNode {
  readonly port: number;
  readonly password: string;
  /** The CA's file. */
  readonly ca: string;
  /** Asks as the user elastic. Rejects for what is no success. */
  ask(method: string, path: string, body?: object): Promise<Record<string, unknown>>;
  /** `kill -9`; nothing of it is left but its folder. */
  kill(): Promise<void>;
  /** After `kill`: the same node again, with what it had on the disk. */
  startAgain(): Promise<void>;
  stop(): Promise<void>;
}

const script = fileURLToPath(new URL("start.sh", import.meta.url));

/** Why no node can be had on this machine; undefined when one can, whose jars are there then. Says so on stderr. */
export async function elasticObstacle(): Promise<string | undefined> {
  const { code, stderr } = await run(["--fetch"]);
  if (code === 0) return undefined;
  const reason = stderr.trim() || `start.sh ended with ${String(code)}`;
  process.stderr.write(`Tests on a real Elasticsearch do not run here: ${reason}\n`);
  return reason;
}

export async function startElasticsearch(): Promise<ElasticNode> {
  const folder = mkdtempSync(join(tmpdir(), "pictl-elasticsearch-"));
  const [port, password] = [await freePort(), "hunter2-elastic"];
  const start = async (): Promise<number> => {
    const { code, stderr } = await run([folder, String(port), password]);
    if (code !== 0) throw new Error(`Elasticsearch did not start: ${stderr}`);
    return Number(readFileSync(join(folder, "pid"), "utf8"));
  };
  let pid = await start();
  const kill = async (): Promise<void> => {
    process.kill(pid, "SIGKILL");
    while (isThere(pid)) await new Promise((resolve) => setTimeout(resolve, 20));
  };
  const ca = join(folder, "config/ca.crt");
  return {
    port,
    password,
    ca,
    ask: (method, path, body) => ask({ port, password, ca }, { method, path, body }),
    kill,
    startAgain: async () => {
      pid = await start();
    },
    stop: async () => {
      if (isThere(pid)) await kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function isThere(pid: number): boolean {
  try {
    return !readFileSync(`/proc/${String(pid)}/stat`, "utf8")
      .split(") ")[1]
      ?.startsWith("Z");
  } catch {
    return false;
  }
}

function run(args: readonly string[]): Promise<{ readonly code: number; readonly stderr: string }> {
  return new Promise((resolve) => {
    execFile(script, [...args], (error, _stdout, stderr) => {
      resolve({ code: error === null ? 0 : typeof error.code === "number" ? error.code : 1, stderr });
    });
  });
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function ask(
  { port, password, ca }: Pick<ElasticNode, "port" | "password" | "ca">,
  { method, path, body }: { readonly method: string; readonly path: string; readonly body: object | undefined },
): Promise<Record<string, unknown>> {
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        host: "127.0.0.1",
        port,
        method,
        path,
        ca: readFileSync(ca),
        auth: `elastic:${password}`,
        headers: { "content-type": "application/json" },
      },
      (response) => {
        let text = "";
        response.on("data", (chunk: Buffer) => (text += chunk.toString()));
        response.on("end", () => {
          if ((response.statusCode ?? 500) < 300) resolve(JSON.parse(text) as Record<string, unknown>);
          else reject(new Error(`${method} ${path}: HTTP ${String(response.statusCode)} ${text.slice(0, 500)}`));
        });
      },
    );
    sent.on("error", reject);
    sent.end(body === undefined ? undefined : JSON.stringify(body));
  });
}
