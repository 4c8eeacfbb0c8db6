import { Flags } from "@oclif/core";
import { randomBytes } from "node:crypto";
import { userInfo } from "node:os";
import { dirname, extname, relative, resolve } from "node:path";
import { tryCluster } from "../src/app/init.ts";
import type { KeyRow } from "../src/app/node/trust.ts";
import type { Report } from "../src/app/kit/report.ts";
import { openCandidate, refuseExisting } from "../src/cli/errors/candidate.ts";
import { PictlCommand, type GlobalFlags } from "../src/cli/command.ts";
import * as common from "../src/cli/flags/common.ts";
import { trustBy } from "../src/cli/input/host-keys.ts";
import { ConfigInvalidError } from "../src/domain/config/findings/problem.ts";
import { type ErrorCode, type Failure, PictlError } from "../src/domain/errors.ts";
import { initialDocument, type InitAnswers, parseNode, objection } from "../src/domain/init/document.ts";
import { type InitResult, initView } from "../src/view/setup/init.ts";

export default class Init extends PictlCommand {
  static override summary = "Write a first config, once its nodes have answered.";
  static override description =
    "Asks what it is not told, shows the host keys of the nodes before they are trusted, logs in to each and looks " +
    "for Docker. With --node nothing is asked but whether to trust; with --yes nothing at all.";
  static override flags = {
    node: Flags.string({
      char: "n",
      summary: "A node: a host name, a Host of ~/.ssh/config, or an IP address. Repeatable.",
      helpValue: "NAME[=ADDRESS]",
      multiple: true,
      multipleNonGreedy: true,
    }),
    user: Flags.string({ summary: "User to log in as.", helpValue: "USER" }),
    port: Flags.integer({ summary: "Port of the nodes' sshd.", helpValue: "PORT", min: 1, max: 65535 }),
    "identity-file": Flags.string({ summary: "Private key.", helpValue: "FILE" }),
    "known-hosts-file": Flags.string({
      summary: "File of trusted host keys, instead of ssh's own.",
      helpValue: "FILE",
    }),
    cluster: Flags.string({ summary: "Name of the cluster; a new one when left out.", helpValue: "NAME" }),
    docker: Flags.string({ summary: "Folder whose subfolders are built.", helpValue: "FOLDER" }),
    container: Flags.string({ summary: "A first container, on the first node.", helpValue: "NAME" }),
    args: Flags.string({ summary: "Its `docker run` arguments.", helpValue: "ARGS", dependsOn: ["container"] }),
    image: Flags.string({ summary: "Its image, if from a registry.", helpValue: "IMAGE", dependsOn: ["container"] }),
    output: Flags.string({ summary: "Where to write it; else --config, or config.json here.", helpValue: "FILE" }),
    force: Flags.boolean({ summary: "Put it in the place of a config that is there." }),
    fingerprint: Flags.string({
      summary: "Trust the host key with this fingerprint and no other. Repeatable.",
      helpValue: "SHA256:KEY",
      multiple: true,
      multipleNonGreedy: true,
    }),
    check: Flags.boolean({ summary: "Connect to the nodes first.", default: true, allowNo: true }),
    "dry-run": Flags.boolean({ summary: "Print the config; connect to nothing and write nothing." }),
    yes: common.yesToKeys,
  };
  static override examples = [
    "<%= config.bin %> init",
    "<%= config.bin %> init --node pi-1 --node pi-2=192.168.0.102 --user pi --identity-file ~/.ssh/id_ed25519 --yes",
  ];

  async run(): Promise<void> {
    const { flags } = await this.parse(Init);
    const file = resolve(flags.output ?? flags.config ?? "config.json");
    if (extname(file) !== ".json") {
      throw new PictlError("usage", `A first config is JSON, and ${file} is not called so.`, {
        hint: "Let its name end in `.json`; YAML can be written by hand later.",
      });
    }
    if (!flags.force && !flags["dry-run"]) await refuseExisting(file);
    const answers = answersOf({ ...(flags.node ? flags : await this.questions({ ...flags, file })), file });
    const document = initialDocument(answers);
    const wrong = objection(answers);
    if (wrong !== undefined) throw new PictlError("usage", `This makes no config: ${wrong}.`);
    if (flags["dry-run"]) {
      await this.finish({ result: { nodes: [], keys: [], file, changed: false, document }, failures: [] }, initView);
      return;
    }
    const candidate = await openCandidate(file, `${JSON.stringify(document, null, 2)}\n`, flags.force);
    try {
      const tried = await this.tryOut({ ...flags, config: candidate.path }).catch((error: unknown) => {
        throw error instanceof ConfigInvalidError ? ConfigInvalidError.ofChange(file, error.problems) : error;
      });
      const changed = tried.failures.length === 0 || (await this.confirmBroken(tried, flags.yes));
      if (changed) await candidate.keep();
      const result: InitResult = { ...tried.result, file, changed, document: null };
      await this.finish(
        { result, failures: changed ? tried.failures : tried.failures.map(notWritten(tried.result.keys)) },
        initView,
      );
    } finally {
      await candidate.remove();
    }
  }

  private async tryOut(
    flags: GlobalFlags & {
      readonly yes: boolean;
      readonly fingerprint?: string[] | undefined;
      readonly check: boolean;
    },
  ): ReturnType<typeof tryCluster> {
    // Opening reads it as every command will: what is wrong with it is told before anybody is connected to.
    const { config, ports, hostKeys } = await this.open(flags);
    if (!flags.check) return { result: { nodes: [], keys: [] }, failures: [] };
    const how = { fingerprints: flags.fingerprint ?? [], yes: flags.yes, replace: false };
    return tryCluster({ ...ports, hostKeys }, { config, trust: trustBy(this.ask, how) });
  }

  /** What a person is asked; an empty answer leaves the thing to ssh_config, or out. */
  private async questions(given: Given & { readonly file: string }): Promise<Given> {
    let all: Given = given;
    const ask = async (text: string, key: keyof Given, flag: string): Promise<void> => {
      if (all[key] !== undefined) return;
      const having = (answer: string): Given => {
        const words = answer.split(/[\s,]+/).filter((word) => word !== "");
        return { ...all, [key]: key === "node" ? words : answer.trim() || undefined };
      };
      const objectionTo = (answer: string) => objection(answersOf({ ...having(answer), file: given.file }));
      all = having(await this.ask.text(text, `Say \`--${flag}\`.`, objectionTo));
    };
    await ask("Nodes, such as pi-1=192.168.0.101 pi-2=192.168.0.102", "node", "node NAME");
    await ask(`User to log in as (empty: ${userInfo().username}, or what ~/.ssh/config says)`, "user", "user USER");
    await ask(
      "File of the private key (empty: those in ~/.ssh and ssh's agent)",
      "identity-file",
      "identity-file FILE",
    );
    await ask("A first container (empty: none)", "container", "container NAME");
    if (all.container === undefined) return all;
    await ask("Its image (empty: built from docker/NAME)", "image", "image IMAGE");
    await ask("Its `docker run` arguments, such as -p 80:80", "args", "args ARGS");
    return all;
  }

  private async confirmBroken(tried: Report<object>, yes: boolean): Promise<boolean> {
    if (yes || !this.terminal.interactive || this.signal.aborted) return false;
    const list = tried.failures.map(({ node = "", message }) => `${node}: ${message}`).join("\n    ");
    return this.ask.confirm(`Not all is well:\n    ${list}\n  Write the config all the same?`, "Say `--no-check`.");
  }
}

interface Given {
  readonly node?: string[] | undefined;
  readonly user?: string | undefined;
  readonly port?: number | undefined;
  readonly "identity-file"?: string | undefined;
  readonly "known-hosts-file"?: string | undefined;
  readonly cluster?: string | undefined;
  readonly docker?: string | undefined;
  readonly container?: string | undefined;
  readonly args?: string | undefined;
  readonly image?: string | undefined;
}

/** Files are named relative to where the command was typed; in the config they are relative to its own folder. */
function answersOf(given: Given & { readonly file: string }): InitAnswers {
  const { node = [], user, port, container: name, args, image } = given;
  const fromHere = (path: string | undefined): string | undefined =>
    path === undefined || path.startsWith("~") ? path : resolve(path);
  const docker = given.docker ?? (name !== undefined && image === undefined ? "docker" : undefined);
  const first = node.slice(0, 1).map((text) => parseNode(text).name);
  return {
    cluster: given.cluster ?? `cluster-${randomBytes(3).toString("hex")}`,
    nodes: node,
    user,
    port,
    identityFile: fromHere(given["identity-file"]),
    knownHostsFile: fromHere(given["known-hosts-file"]),
    docker: docker === undefined ? undefined : relative(dirname(given.file), resolve(docker)) || ".",
    container: name === undefined ? undefined : { name, nodes: first, args, image },
  };
}

/** `node trust` is no help before there is a config. */
function notWritten(keys: readonly KeyRow[]): (failure: Failure) => Failure {
  const stored = keys.filter(({ state }) => state === "stored");
  const files = [...new Set(stored.map(({ file }) => file))].join(", ");
  const what =
    stored.length === 0
      ? "Nothing was written"
      : `No config was written, only host keys of ${[...new Set(stored.map(({ node }) => node))].join(", ")} into ${files}`;
  const next = `${what}; \`--no-check\` writes the config untried.`;
  return (failure) => {
    if (failure.code === "interrupted") return failure;
    const known = failure.hint?.includes("pictl node trust") === true ? keyHints[failure.code] : failure.hint;
    return { ...failure, hint: known === undefined ? next : `${known} ${next}` };
  };
}

const keyHints: Partial<Record<ErrorCode, string>> = {
  "host-key-changed":
    "Somebody may be in between. If you know that the node was set up anew, delete the line that is named, and try again.",
};
