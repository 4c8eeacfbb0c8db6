import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { configFile } from "../server.ts";
import { startApi } from "./api.ts";

const page = readFileSync(new URL("../../../docs/api.md", import.meta.url), "utf8");
const example = /```sh\n([^]*?)```\n+```json\n([^]*?)```/g;
const examples = [...page.matchAll(example)].map(([, script = "", wanted = ""]) => ({ script, wanted }));

test("the examples of docs/api.md, one after the other, answer what stands below them", async () => {
  expect(page.match(/```sh/g)).toHaveLength(examples.length);
  const server = await startApi(configFile({ commandlist: [{ Uptime: "uptime" }], docker: "docker" }));
  const bearer = (role: "operator" | "admin"): string =>
    (server.token(role)["authorization"] ?? "").slice("Bearer ".length);
  const env = {
    ...process.env,
    PICTL: `${server.url}api/v1`,
    TOKEN: bearer("operator"),
    ADMIN: bearer("admin"),
    no_proxy: "*",
  };
  for (const { script, wanted } of examples) {
    const { stdout } = await promisify(execFile)("sh", ["-eu", "-c", script], { env, timeout: 20_000 });
    expect(JSON.parse(stdout), script).toMatchObject(JSON.parse(wanted) as object);
  }
});
