import { expect, test } from "vitest";
import { includesRole, type Role, roles } from "../../../src/domain/access/role.ts";
import { routesOf } from "../../../src/http/api/operations.ts";
import { noteOf } from "../../../src/operations/fields.ts";
import { operations } from "../../../src/operations/index.ts";
import { type Answer, ask, codeOf } from "../server.ts";
import { type ApiServer, type Headers, startApi } from "./api.ts";

const routes = operations.flatMap((operation) =>
  routesOf(operation).map(({ method, path }) => ({
    method,
    path: `/api/v1${path.replaceAll(/:\w+/g, "nothing")}`,
    role: operation.role,
  })),
);

/** No operation has such a field, so that whoever is let in is stopped there. */
function knock(server: ApiServer, method: string, path: string, headers: Headers): Promise<Answer> {
  return method === "GET"
    ? ask(server, `${path}?nonsense=1`, { headers })
    : ask(server, path, {
        method,
        headers: { ...headers, "content-type": "application/json" },
        body: '{"nonsense": 1}',
      });
}

test("every operation, for every role and by every way to log in: who may not is told so, the others are let in", async () => {
  const server = await startApi(undefined, { users: roles });
  const wrong: string[] = [];
  const expectAnswer = (what: string, answer: Answer, wanted: string): void => {
    const got = `${String(answer.status)} ${String(codeOf(answer))}`;
    if (got !== wanted) wrong.push(`${what}: ${got}, not ${wanted}`);
  };
  const admitted = (role: Role, needed: Role): string =>
    includesRole(role, needed) ? "400 usage" : "403 not-permitted";
  for (const role of roles) {
    const session = await server.session(role);
    for (const { method, path, role: needed } of routes) {
      const wanted = admitted(role, needed);
      const [byToken, bySession] = await Promise.all([
        knock(server, method, path, server.token(role)),
        knock(server, method, path, session),
      ]);
      expectAnswer(`${method} ${path} for ${role} by token`, byToken, wanted);
      expectAnswer(`${method} ${path} for ${role} by session`, bySession, wanted);
    }
  }
  const name = `pictl-${String(server.port)}`;
  for (const { method, path } of routes) {
    const nobody: Readonly<Record<string, Headers>> = {
      nobody: {},
      "a token that is none": { authorization: "Bearer pictl_none" },
      "a session that is none": { ...server.page, cookie: `${name}=none` },
      "another scheme": { authorization: "Basic YWRtaW46YWRtaW4=" },
    };
    for (const [what, headers] of Object.entries(nobody)) {
      expectAnswer(`${method} ${path} for ${what}`, await knock(server, method, path, headers), "401 not-logged-in");
    }
  }
  expect(wrong).toEqual([]);
  expect(routes.length).toBeGreaterThan(45);
});

test("a page elsewhere can use nobody's session for any change", async () => {
  const server = await startApi(undefined, { users: ["admin"] });
  const session = await server.session("admin");
  for (const { method, path } of routes.filter((route) => route.method !== "GET")) {
    const answer = await knock(server, method, path, { ...session, origin: "http://evil.example" });
    expect([path, answer.status]).toEqual([path, 403]);
  }
});

const elevated = operations.flatMap((operation) =>
  Object.entries(operation.elevated ?? {}).map(([field, role = "admin"]) => ({
    id: operation.id,
    operation,
    field,
    role,
  })),
);

test.each(elevated)("$id with $field needs the role $role", async ({ operation, field, role }) => {
  const server = await startApi();
  const [{ method, path } = { method: "", path: "" }] = routesOf(operation);
  const schema = operation.input.shape[field];
  if (!schema) throw new Error(field);
  const body = JSON.stringify({ [field]: noteOf(schema).kind === "flag" ? true : "x", nonsense: 1 });
  for (const each of roles.filter((candidate) => includesRole(candidate, operation.role))) {
    const headers = { ...server.token(each), "content-type": "application/json" };
    const answer = await ask(server, `/api/v1${path.replaceAll(/:\w+/g, "x")}`, { method, headers, body });
    expect([each, answer.status]).toEqual([each, includesRole(each, role) ? 400 : 403]);
  }
});
