import * as z from "zod/mini";
import { errorCodes } from "../../domain/errors.ts";
import { operations } from "../../operations/index.ts";
import { noteOf } from "../../operations/fields.ts";
import type { Operation } from "../../operations/operation.ts";
import { routesOf } from "./operations.ts";

type Json = Readonly<Record<string, unknown>>;

const document = { $ref: "#/components/schemas/Document" };
const json = (schema: Json): Json => ({ "application/json": { schema } });

/** The OpenAPI 3.1 document of the API, made from the table of operations. */
export function openApiDocument(version: string): Json {
  const paths: Record<string, Record<string, Json>> = {};
  for (const operation of operations) {
    routesOf(operation).forEach(({ method, path }, index) => {
      const place = path.replaceAll(/:(\w+)/g, "{$1}");
      paths[place] = {
        ...paths[place],
        [method.toLowerCase()]: operationObject(
          operation,
          method,
          path,
          index === 0 ? operation.id : `${operation.id}.post`,
        ),
      };
    });
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "pictl",
      version,
      description:
        "Docker containers on many Linux hosts from one config, over plain SSH. The roles: viewer, operator, admin.",
    },
    servers: [{ url: "." }],
    security: [{ token: [] }, { session: [] }],
    paths: { ...paths, ...otherPaths },
    components: {
      securitySchemes: {
        token: { type: "http", scheme: "bearer", description: "Of `pictl serve token add`." },
        session: { type: "apiKey", in: "cookie", name: "pictl-PORT", description: "Of POST /session." },
      },
      schemas,
    },
  };
}

function operationObject(operation: Operation, method: string, path: string, operationId: string): Json {
  const { input, role, changes, summary, asks, follows, output } = operation;
  const schema = z.toJSONSchema(input, { io: "input" }) as {
    readonly properties: Readonly<Record<string, Json>>;
    readonly required?: readonly string[];
  };
  const inPath = new Set([...path.matchAll(/:(\w+)/g)].map(([, name = ""]) => name));
  const names = Object.keys(schema.properties);
  const isSecret = (name: string): boolean => {
    const field = input.shape[name];
    return field !== undefined && noteOf(field).kind === "secret";
  };
  const inQuery = method === "GET" ? names.filter((name) => !inPath.has(name) && !isSecret(name)) : [];
  const inBody = method === "GET" ? [] : names.filter((name) => !inPath.has(name));
  const required = (schema.required ?? []).filter((name) => inBody.includes(name));
  const version = names.includes("version") ? [ifMatch] : [];
  return {
    operationId,
    summary,
    description: [
      `Role: ${role}.`,
      ...Object.entries(operation.elevated ?? {}).map(([field, more]) => `With \`${field}\`: ${String(more)}.`),
      ...(asks === undefined
        ? []
        : [
            `Asks: ${asks} An answer that is missing is confirmation-missing (409), with the question as its message; say it again with \`confirm\`.`,
          ]),
      ...(follows === undefined
        ? []
        : [`With \`${follows}\` it goes on: one JSON object a line, or server-sent events.`]),
      ...(output === null ? [] : [`Answers the \`result\` of \`pictl ${output}\` in docs/json.md.`]),
    ].join(" "),
    tags: [operation.id.replace(/\..*$/, "")],
    parameters: [
      ...[...inPath].map((name) => ({
        name,
        in: "path",
        required: true,
        schema: onePathField(schema.properties[name] ?? {}),
        description: schema.properties[name]?.["description"] ?? "",
      })),
      ...inQuery.map((name) => ({
        name,
        in: "query",
        required: (schema.required ?? []).includes(name),
        schema: schema.properties[name],
        description: schema.properties[name]?.["description"] ?? "",
      })),
      ...(changes ? [prefer] : []),
      ...version,
    ],
    ...(inBody.length === 0
      ? {}
      : {
          requestBody: {
            required: required.length > 0,
            content: json({
              type: "object",
              properties: Object.fromEntries(inBody.map((name) => [name, schema.properties[name]])),
              ...(required.length === 0 ? {} : { required }),
              additionalProperties: false,
            }),
          },
        }),
    responses: {
      "200": { description: "It went well, as far as `failures` does not say else.", content: json(document) },
      ...(changes ? { "202": { description: "It goes on as a job.", content: json(document) } } : {}),
      "400": { description: "The input, or the config, is wrong.", content: json(document) },
      "401": { description: "Nobody has logged in.", content: json(document) },
      "403": { description: "The role is not enough.", content: json(document) },
      "409": {
        description: "A question, a lock, a host key or an older version is in the way.",
        content: json(document),
      },
      "422": { description: "Something failed.", content: json(document) },
      "502": { description: "A node could not be reached.", content: json(document) },
      default: { description: "What else went wrong.", content: json(document) },
    },
  };
}

/** A path says one of what may be a list. */
function onePathField(schema: Json): unknown {
  return schema["type"] === "array" ? schema["items"] : schema;
}

const prefer = {
  name: "Prefer",
  in: "header",
  required: false,
  schema: { type: "string" },
  description: "`respond-async` answers at once, with the job's place in `Location`.",
};

const ifMatch = {
  name: "If-Match",
  in: "header",
  required: false,
  schema: { type: "string" },
  description: "The version of the config that the change is for, as its ETag.",
};

const jobId = { name: "id", in: "path", required: true, schema: { type: "string" }, description: "The job's id." };
const answers = (description: string): Json => ({
  responses: {
    "200": { description, content: json(document) },
    default: { description: "What went wrong.", content: json(document) },
  },
});

/** What is no operation. */
const otherPaths: Json = {
  "/jobs": {
    get: {
      operationId: "job.list",
      summary: "List the jobs of the last day.",
      tags: ["job"],
      ...answers("The newest first."),
    },
  },
  "/jobs/{id}": {
    get: {
      operationId: "job.show",
      summary: "Show a job: its steps, output and report.",
      tags: ["job"],
      parameters: [jobId],
      ...answers("It."),
    },
    delete: {
      operationId: "job.cancel",
      summary: "Stop a job, as Ctrl-C does.",
      tags: ["job"],
      parameters: [jobId],
      ...answers("It, as it is now."),
    },
  },
  "/session": {
    get: { operationId: "session.show", summary: "Tell who is logged in.", tags: ["session"], ...answers("Who.") },
    post: {
      operationId: "session.open",
      summary: "Log in; the cookie is the session.",
      tags: ["session"],
      security: [],
      requestBody: {
        required: true,
        content: json({
          type: "object",
          properties: { username: { type: "string" }, password: { type: "string", format: "password" } },
          required: ["username", "password"],
        }),
      },
      ...answers("Who is logged in now."),
    },
    delete: { operationId: "session.close", summary: "Log out.", tags: ["session"], ...answers("It is over.") },
  },
  "/version": {
    get: {
      operationId: "version",
      summary: "Tell the version of pictl and of the API.",
      tags: ["session"],
      responses: { "200": { description: "Both.", content: json({ type: "object" }) } },
    },
  },
  "/openapi.json": {
    get: {
      operationId: "openapi",
      summary: "This document.",
      tags: ["session"],
      responses: { "200": { description: "This document.", content: json({ type: "object" }) } },
    },
  },
};

const schemas: Json = {
  Document: {
    type: "object",
    description: "The document that `--json` prints.",
    properties: {
      ok: { type: "boolean" },
      exitCode: { type: "integer", description: "As the command would have ended with." },
      result: { type: ["object", "null"], description: "Null when it failed as a whole." },
      failures: { type: "array", items: { $ref: "#/components/schemas/Failure" } },
    },
    required: ["ok", "exitCode", "result", "failures"],
  },
  Failure: {
    type: "object",
    properties: {
      code: { type: "string", enum: Object.keys(errorCodes) },
      message: { type: "string" },
      node: { type: "string" },
      container: { type: "string" },
      hint: { type: "string", description: "What to do next." },
    },
    required: ["code", "message"],
  },
};
