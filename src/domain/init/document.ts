import { applyEdit } from "../config/document/apply-edit.ts";
import { buildPlacements } from "../config/sections/placements.ts";
import { Findings } from "../config/findings/problem.ts";
import type { RawConfig } from "../config/raw.ts";
import { type NewContainer, planAddContainer } from "../container/edits/add.ts";
import { PictlError } from "../errors.ts";
import { planAddNode } from "../node/add.ts";

/** What a first config is made of. */
export interface InitAnswers {
  /** Tells this cluster's containers from others' on the same nodes. */
  readonly cluster: string;
  /** `NAME` or `NAME=ADDRESS`. */
  readonly nodes: readonly string[];
  readonly user?: string | undefined;
  readonly port?: number | undefined;
  /** Absolute or under `~`. */
  readonly identityFile?: string | undefined;
  /** Instead of ssh's own; absolute or under `~`. */
  readonly knownHostsFile?: string | undefined;
  /** Folder of the build folders, as the config is to name it. */
  readonly docker?: string | undefined;
  readonly container?: NewContainer | undefined;
}

/** The document of a first config. Throws usage for no node, one that is named twice, and names that cannot be. */
export function initialDocument(answers: InitAnswers): RawConfig {
  const { cluster, nodes, user, port, identityFile, knownHostsFile, docker, container } = answers;
  if (nodes.length === 0) {
    throw new PictlError("usage", "A config without nodes is of no use.", {
      hint: "Name them: `--node pi-1 --node pi-2`.",
    });
  }
  const names = nodes.map((text) => parseNode(text).name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new PictlError("usage", `The node ${twice} is named twice.`);
  const ssh = {
    ...(user === undefined ? {} : { user }),
    ...(port === undefined ? {} : { port }),
    ...(identityFile === undefined ? {} : { identity_file: identityFile }),
    ...(knownHostsFile === undefined ? {} : { known_hosts_file: knownHostsFile }),
  };
  const head: RawConfig = {
    cluster,
    ...(docker === undefined ? {} : { docker }),
    layout: [],
    ...(Object.keys(ssh).length === 0 ? {} : { ssh }),
  };
  const withNodes = nodes.reduce((raw, text) => edited(raw, planAddNode(raw, parseNode(text))), head);
  return container === undefined ? withNodes : edited(withNodes, planAddContainer(withNodes, container));
}

/** What keeps these answers from making a config, in one sentence; undefined when nothing does. */
export function objection(answers: InitAnswers): string | undefined {
  const findings = new Findings();
  try {
    buildPlacements(initialDocument(answers), (path) => path, findings);
  } catch (error) {
    if (error instanceof PictlError) return error.message;
    throw error;
  }
  return findings.all.find(({ severity }) => severity === "error")?.message;
}

/** The node's name in `NAME=ADDRESS`. */
export function parseNode(text: string): { readonly name: string; readonly address: string | undefined } {
  const equals = text.indexOf("=");
  return equals === -1
    ? { name: text, address: undefined }
    : { name: text.slice(0, equals), address: text.slice(equals + 1) };
}

function edited(raw: RawConfig, planned: readonly { readonly edit: Parameters<typeof applyEdit>[1] }[]): RawConfig {
  return planned.reduce<unknown>((document, { edit }) => applyEdit(document, edit), raw) as RawConfig;
}
