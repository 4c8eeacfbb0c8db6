import { isNodeName } from "../config/findings/names.ts";
import type { RawConfig, RawNode } from "../config/raw.ts";
import { PictlError } from "../errors.ts";
import { parseJumps } from "../ssh/config/target.ts";
import { type PlannedEdit, set } from "./edit.ts";

/** A node to be, as given on a command line; `identityFile` absolute or under `~`. */
export interface NewNode {
  readonly name: string;
  readonly address?: string | undefined;
  readonly user?: string | undefined;
  readonly port?: number | undefined;
  readonly identityFile?: string | undefined;
  readonly proxyJump?: string | undefined;
  /** `KEY=VALUE` */
  readonly labels?: readonly string[] | undefined;
}

/**
 * The edits that add a node: a row of the layout, and what was said of it under `nodes`. Throws usage for a name that
 * cannot be one, a node that is there already, and settings that contradict those it has.
 */
export function planAddNode(raw: RawConfig, node: NewNode): readonly PlannedEdit[] {
  check(node);
  const rows = raw.layout ?? [];
  const index = rows.findIndex((row) => row.node === node.name);
  if (index !== -1) {
    throw usage(`${node.name} is in the layout already (layout[${index}]).`, {
      hint: "`pictl nodes` lists the nodes; `pictl config edit` changes how one is reached.",
    });
  }
  const row = { node: node.name };
  return [
    rows.length === 0 ? set(["layout"], [row]) : set(["layout", rows.length], row),
    ...planSettings(node.name, raw.nodes?.[node.name], settings(node)),
  ];
}

function check({ name, address, user, proxyJump, labels = [] }: NewNode): void {
  if (!isHost(name)) {
    throw usage(`${quoted(name)} cannot be the name of a node: expected a host name or an IP address.`, {
      hint: /[@:]/.test(name) ? "User and port go into `--user` and `--port`." : undefined,
    });
  }
  if (address !== undefined && !isHost(address)) {
    throw usage(`${quoted(address)} is no address: expected a host name or an IP address.`, {
      hint: /[@:]/.test(address) ? "User and port go into `--user` and `--port`." : undefined,
    });
  }
  if (user !== undefined && !/^[A-Za-z0-9_][A-Za-z0-9_.-]*\$?$/.test(user)) {
    throw usage(`${quoted(user)} cannot be the name of a user.`);
  }
  if (proxyJump !== undefined) {
    try {
      parseJumps(proxyJump);
    } catch {
      throw usage(`${quoted(proxyJump)} is no list of jump hosts: expected [USER@]HOST[:PORT], separated by commas.`);
    }
  }
  const bad = labels.find((label) => !/^[^=\s]+=/.test(label));
  if (bad !== undefined) throw usage(`${quoted(bad)} is no label: expected KEY=VALUE.`);
}

/** Node names may be IPv6 literals; one colon alone is a port that somebody appended. */
function isHost(text: string): boolean {
  return isNodeName(text) && !/^[^:]*:[^:]*$/.test(text);
}

/** In the order in which people write them. */
function settings(node: NewNode): RawNode {
  const { address, user, port, identityFile, proxyJump, labels = [] } = node;
  return {
    ...(address === undefined ? {} : { address }),
    ...(user === undefined ? {} : { user }),
    ...(port === undefined ? {} : { port }),
    ...(identityFile === undefined ? {} : { identity_file: identityFile }),
    ...(proxyJump === undefined ? {} : { proxy_jump: proxyJump }),
    ...(labels.length === 0 ? {} : { labels: Object.fromEntries(labels.map(splitLabel)) }),
  };
}

function splitLabel(label: string): [string, string] {
  const equals = label.indexOf("=");
  return [label.slice(0, equals), label.slice(equals + 1)];
}

/** `nodes` may know the name already: from before it left the layout, or because `vip` names it. */
function planSettings(name: string, known: RawNode | null | undefined, wanted: RawNode): readonly PlannedEdit[] {
  const entries = Object.entries(wanted);
  if (entries.length === 0) return [];
  if (known === null || known === undefined) return [set(["nodes", name], wanted)];
  const other = new Map<string, unknown>(Object.entries(known));
  return entries.flatMap(([key, value]) => {
    const before = other.get(key);
    if (JSON.stringify(before) === JSON.stringify(value)) return [];
    if (before === undefined) return [set(["nodes", name, key], value)];
    throw usage(
      `The config says ${JSON.stringify(before)} for \`nodes.${name}.${key}\`, not ${JSON.stringify(value)}.`,
      {
        hint: "Leave the flag out, or change the entry first with `pictl config edit`.",
      },
    );
  });
}

function usage(message: string, details: { hint?: string | undefined } = {}): PictlError {
  return new PictlError("usage", message, details);
}

function quoted(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}
