import type { RegistryAccess } from "../../app/ports.ts";
import { text, object } from "../../domain/docker/json.ts";
import { PictlError } from "../../domain/errors.ts";
import type { RegistryAddress } from "../../domain/registry/address.ts";
import { type Challenge, parseChallenge } from "../../domain/registry/challenge.ts";
import { registryErrorText } from "../../domain/registry/listing.ts";
import { mayCarryPassword, mayLead } from "../../domain/registry/reach.ts";
import { type Answer, registryRefusal, sendToRegistry } from "./send.ts";

/** Requests to one registry (v2), logged in as far as it asks for it. */
export class RegistrySession {
  readonly #registry: RegistryAddress;
  readonly #access: RegistryAccess;
  readonly #lax: boolean;
  #origin: URL | undefined;
  #authorization: string | undefined;

  constructor(registry: RegistryAddress, access: RegistryAccess) {
    this.#registry = registry;
    this.#access = access;
    this.#lax = access.insecure || registry.loopback;
  }

  /**
   * The answer to `path`, or to a URL of an earlier answer: 200 or 404. Rejects with registry-unreachable,
   * registry-denied, registry-failed and interrupted.
   */
  async get(path: string | URL): Promise<Answer> {
    let answer = await this.#send(path);
    // Once without and once with a token; one more because a token may run out between two pages.
    for (let attempt = 0; answer.status === 401 && attempt < 2; attempt += 1) {
      this.#authorization = await this.#authorize(answer);
      answer = await this.#send(path);
    }
    if (answer.status === 404 || (answer.status === 200 && answer.json !== undefined)) return answer;
    throw this.#problem(answer);
  }

  async #send(path: string | URL): Promise<Answer> {
    if (path instanceof URL) return this.#request(path);
    if (this.#origin) return this.#request(new URL(path, this.#origin));
    const { name, scheme } = this.#registry;
    const [first = "https", second] = scheme === undefined && this.#lax ? ["https", "http"] : [scheme ?? "https"];
    let origin = new URL(`${first}://${name}`);
    let answer: Answer;
    try {
      answer = await this.#request(new URL(path, origin));
    } catch (error) {
      // As docker does with its insecure registries: plain HTTP where there is no HTTPS.
      if (second === undefined || !noTls.has(causeCode(error))) throw error;
      origin = new URL(`${second}://${name}`);
      answer = await this.#request(new URL(path, origin));
    }
    this.#origin = origin;
    return answer;
  }

  #request(url: URL, authorization = this.#authorization, lax = this.#lax): Promise<Answer> {
    return sendToRegistry(url, { registry: this.#registry.name, lax, signal: this.#access.signal, authorization });
  }

  /** The Authorization header that a 401 asks for. */
  async #authorize(answer: Answer): Promise<string> {
    const challenge = parseChallenge(answer.headers["www-authenticate"] ?? "");
    if (challenge?.scheme === "bearer") return `Bearer ${await this.#token(challenge, answer.url)}`;
    if (challenge && this.#access.login && this.#authorization === undefined) return this.#basic(answer.url);
    throw this.#problem(answer);
  }

  /** distribution's token specification: a GET with service and scope, and the login as Basic. */
  async #token(challenge: Challenge & { scheme: "bearer" }, from: URL): Promise<string> {
    const { name } = this.#registry;
    const realm = URL.canParse(challenge.realm) ? new URL(challenge.realm) : undefined;
    if (!realm || !mayLead(from, realm)) {
      throw registryRefusal(
        name,
        `it wants tokens to be asked for at ${challenge.realm.slice(0, 200)}, where no password is sent`,
        "Tokens are asked for over HTTPS, or on the registry's own host. Tell whoever runs the registry.",
      );
    }
    if (challenge.service !== undefined) realm.searchParams.set("service", challenge.service);
    for (const scope of challenge.scope?.split(" ") ?? []) realm.searchParams.append("scope", scope);
    const basic = this.#access.login && this.#basic(realm);
    const answer = await this.#request(realm, basic ?? "", this.#lax && realm.hostname === from.hostname);
    if (answer.status !== 200) throw this.#problem(answer);
    const token = text(object(answer.json).token) || text(object(answer.json).access_token);
    if (!/^[\w.~+/=-]+$/.test(token)) throw registryRefusal(name, "it gave no token");
    return token;
  }

  #basic(url: URL): string {
    const { name } = this.#registry;
    const { login, insecure } = this.#access;
    if (!login) throw new RangeError("there is no login");
    if (!mayCarryPassword(url, insecure)) {
      throw new PictlError("registry-denied", `The registry ${name} wants a login, and speaks plain HTTP.`, {
        hint: "The password could be read on its way. Give the registry TLS, or send it all the same with `--insecure`.",
      });
    }
    return `Basic ${Buffer.from(`${login.username}:${login.password.reveal()}`).toString("base64")}`;
  }

  #problem(answer: Answer): PictlError {
    return problemOf(answer, { registry: this.#registry.name, username: this.#access.login?.username });
  }
}

/** What an answer means that is not the one asked for. */
export function problemOf(
  { status, json }: Answer,
  { registry, username }: { readonly registry: string; readonly username: string | undefined },
): PictlError {
  const said = registryErrorText(json);
  const words = said === "" ? "" : ` (it says: ${said})`;
  if (status === 401 || status === 403) {
    return new PictlError(
      "registry-denied",
      username === undefined
        ? `The registry ${registry} wants a login${words}.`
        : `The registry ${registry} refused ${username}${words}.`,
      {
        hint:
          username === undefined
            ? `Say \`--registry ${registry} --username USER\`; the password is asked for, or read by \`--password-stdin\`.`
            : "Check the password (it may have to be an access token) and whether this user may list it.",
      },
    );
  }
  if (status === 429) return registryRefusal(registry, `too many requests${words}`, "Wait some minutes, or log in.");
  if (status === 200) return registryRefusal(registry, "it did not answer with JSON");
  return registryRefusal(registry, `it answered with HTTP ${status}${words}`);
}

const noTls = new Set(["EPROTO", "ECONNRESET", "ECONNREFUSED"]);

function causeCode(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error && "code" in cause ? String(cause.code) : "";
}
