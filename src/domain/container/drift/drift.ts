import { parseRunArgs } from "../../docker/run/run-args.ts";
import type { ContainerFacts, ImageFacts } from "../../docker/facts.ts";
import { labels } from "../../docker/labels.ts";
import { isNamed } from "../../images/reference.ts";
import { visible } from "../../text.ts";
import { type Asked, parseAsked } from "./asked.ts";
import type { EnvVariable } from "../environment/variables.ts";

/** What the config wants of a container now, as far as this machine can tell. */
export interface Wish {
  /** Of the arguments; undefined when nobody knows them. */
  readonly digest: string | undefined;
  /** The reference. */
  readonly image: string;
  /** Its name in the layout. */
  readonly container?: string;
  readonly asked?: Asked;
  /** The variables given in plain or by file. */
  readonly env?: readonly EnvVariable[];
  /** Those that could be read. */
  readonly secrets?: readonly EnvVariable[];
}

/**
 * In what a container differs from what the config wants now, each in a few words with what is old and what is new; the
 * values of variables are in none. A node that has no image of that name cannot tell. What nobody can tell counts as
 * unchanged.
 */
export function drift(facts: ContainerFacts, images: readonly ImageFacts[], wish: Wish): readonly string[] {
  const before = parseAsked(facts.labels[labels.asked]);
  const image = [...nameDrift(facts, wish), ...imageDrift(facts, images, { wish, before })];
  const secrets = changed(facts, wish.secrets).map((name) => `secret ${name}`);
  if ([undefined, facts.labels[labels.digest]].includes(wish.digest)) return [...image, ...secrets];
  const named = [
    ...(before && wish.asked ? wordsDrift("arguments", before.args, wish.asked.args) : []),
    ...(before && wish.asked ? wordsDrift("command", before.command, wish.asked.command) : []),
    ...envDrift(facts, { wish, before }).map((name) => `env ${name}`),
    ...(before && wish.asked ? differing(before.secrets, wish.asked.secrets).map((name) => `secret ${name}`) : []),
  ];
  const others = named.filter((each) => !secrets.includes(each));
  const unnamed = others.length === 0 && secrets.length === 0 && !image.some((each) => each.includes(" → "));
  return [...image, ...others, ...secrets, ...(unnamed ? ["arguments"] : [])];
}

/** It has another name in the layout now (`renamed_from`). */
function nameDrift(facts: ContainerFacts, { container }: Wish): readonly string[] {
  const before = facts.labels[labels.container];
  return [undefined, before].includes(container) || before === undefined ? [] : [`name ${before} → ${container ?? ""}`];
}

export function imageNamed(images: readonly ImageFacts[], reference: string): ImageFacts | undefined {
  return images.find((image) => isNamed(image, reference));
}

interface Both {
  readonly wish: Wish;
  readonly before: Asked | undefined;
}

function imageDrift(facts: ContainerFacts, images: readonly ImageFacts[], { wish, before }: Both): readonly string[] {
  const old = before?.image ?? facts.image;
  const other = wish.digest !== undefined && wish.digest !== facts.labels[labels.digest];
  // Docker says the id in place of a name that means another image by now.
  if (other && old !== wish.image && !/^(?:sha256:)?[0-9a-f]{12,}$/.test(old)) {
    return [`image ${shortened(old, wish.image)} → ${shortened(wish.image, old)}`];
  }
  const image = imageNamed(images, wish.image);
  if (image === undefined || image.id === facts.imageId) return [];
  return [`image ${wish.image} is a newer one`];
}

/** Of two tags of one image, the tags. */
function shortened(image: string, other: string): string {
  const [repository, tag] = split(image);
  const [same, otherTag] = split(other);
  return visible(repository === same && tag !== undefined && otherTag !== undefined ? tag : image);
}

function split(image: string): readonly [repository: string, tag: string | undefined] {
  const [, repository = image, tag] = /^(.+?)(?::([^:/]+))?$/.exec(image) ?? [];
  return [repository, tag];
}

/** `arguments: -p 80:80 → -p 81:80`: what is no more, and what is new. */
function wordsDrift(what: string, before: readonly string[], after: readonly string[]): readonly string[] {
  const [old, fresh] = what === "command" ? [[before.join(" ")], [after.join(" ")]] : [flags(before), flags(after)];
  const gone = without(old, fresh).filter((each) => each !== "");
  const come = without(fresh, old).filter((each) => each !== "");
  if (gone.length === 0 && come.length === 0) {
    return old.join(" ") === fresh.join(" ") ? [] : [`${what} in another order`];
  }
  if (gone.length === 0) return [`${what}: now also ${shown(come)}`];
  if (come.length === 0) return [`${what}: no more ${shown(gone)}`];
  return [`${what}: ${shown(gone)} → ${shown(come)}`];
}

/** Each flag with its value, as written. */
function flags(words: readonly string[]): string[] {
  const found: string[] = [];
  for (const word of words) {
    if (word.startsWith("-") || found.length === 0) found.push(word);
    else found.push(`${found.pop() ?? ""} ${word}`);
  }
  return found;
}

function without(all: readonly string[], others: readonly string[]): readonly string[] {
  const left = [...others];
  return all.filter((each) => {
    const at = left.indexOf(each);
    if (at !== -1) left.splice(at, 1);
    return at === -1;
  });
}

function shown(parts: readonly string[]): string {
  const text = visible(parts.join(" "));
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}

/** Names whose value in the container is another, and names that come or go. */
function envDrift(facts: ContainerFacts, { wish, before }: Both): readonly string[] {
  const given = [...(wish.env ?? [])];
  const gone = before && wish.asked ? differing(before.env, wish.asked.env) : [];
  return [...new Set([...changed(facts, given), ...gone])];
}

function changed({ env }: ContainerFacts, wanted: readonly EnvVariable[] = []): readonly string[] {
  if (env === undefined) return [];
  const now = new Map(env.map(([name, value]) => [name, value.reveal()]));
  return wanted.filter(([name, value]) => now.get(name) !== value.reveal()).map(([name]) => name);
}

function differing(one: readonly string[], other: readonly string[]): readonly string[] {
  return [...one.filter((each) => !other.includes(each)), ...other.filter((each) => !one.includes(each))];
}

/** The variables that `docker run` arguments give a value. */
export function envOfArguments(args: readonly string[]): readonly (readonly [name: string, value: string])[] {
  return parseRunArgs(args).env.flatMap((each) => {
    const equals = each.indexOf("=");
    return equals === -1 ? [] : [[each.slice(0, equals), each.slice(equals + 1)] as const];
  });
}
