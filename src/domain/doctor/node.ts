import { PictlError } from "../errors.ts";
import { memoryControlCheck, userlandCheck } from "./board.ts";
import { type Check, nodeChecks, skipped, warning } from "./check.ts";
import { type ClockQuestion, clockSkew } from "./clock.ts";
import {
  type Connected,
  connectionChecks,
  type LoginRights,
  shellCheck,
  sudoCheck,
  unreachable,
} from "./connection.ts";
import { type Daemon, dockerChecks, lingerCheck, restartCheck } from "./docker.ts";
import type { Examination } from "./examination.ts";
import { clockCheck, diskChecks, memoryCheck } from "./resources.ts";
import { addressChecks, type AddressLook, type Candidacy, candidateChecks, vipChecks } from "./vip.ts";

/** All that was learnt about a node; an error stands where something could not be. */
export interface NodeLook {
  readonly node: string;
  readonly address: string;
  readonly cordoned: boolean;
  /** The virtual IPs that it may have. */
  readonly vips: readonly Candidacy[];
  readonly connection: Connected | PictlError;
  /** Undefined without a connection. */
  readonly inside?: {
    readonly examination: Examination | PictlError;
    readonly asked: ClockQuestion;
    readonly rights: LoginRights | PictlError;
    readonly daemon: Daemon | PictlError;
    /** Missing where nobody could look. */
    readonly addresses?: AddressLook | undefined;
  };
}

/** Every check of a node, in the order of `nodeChecks`. */
export function judgeNode(look: NodeLook): readonly Check[] {
  const { node, inside, vips } = look;
  const connection = [...cordonCheck(look), ...connectionChecks(look.address, look.connection)];
  if (!inside)
    return [...connection, ...unreachable(nodeChecks.slice(nodeChecks.indexOf("shell")).filter(applies(look)))];
  const { examination, rights, daemon } = inside;
  const seen = examination instanceof PictlError ? undefined : examination;
  return [
    ...connection,
    shellCheck(seen?.shell ?? null, examination instanceof PictlError ? examination : undefined),
    sudoCheck(rights, {
      vip: vips.length > 0,
      user: seen?.user ?? "USER",
      dockerAnswers: !(daemon instanceof PictlError),
    }),
    ...dockerChecks(node, seen === undefined ? undefined : seen.dockerClient, daemon),
    ...restartCheck(daemon, seen),
    ...lingerCheck(daemon, { lingers: seen?.lingers ?? null, user: seen?.user ?? "this login" }),
    ...userlandCheck(seen?.board),
    ...flockCheck(seen),
    ...vipChecks(seen, vips),
    ...addressChecks(inside.addresses, { candidacies: vips, isRoot: mayAll(rights) }),
    clockCheck(seen?.clock ? clockSkew(seen.clock, inside.asked) : null, seen?.board),
    ...(seen ? diskChecks(seen) : (["disk", "docker-disk"] as const).map(unseen)),
    seen ? memoryCheck(seen.memory) : unseen("memory"),
    ...memoryControlCheck(seen?.board),
  ];
}

/** Who could not be asked is told so by another check. */
function mayAll(rights: LoginRights | PictlError): boolean {
  return rights instanceof PictlError || rights.root || rights.sudo;
}

/** Told only where there is a cordon: it is nothing wrong, and the reason why nothing comes here. */
function cordonCheck({ node, cordoned }: NodeLook): readonly Check[] {
  if (!cordoned) return [];
  const remedy = `\`pictl node uncordon ${node}\` opens it again.`;
  return [warning("cordon", "nothing new is placed on it", remedy)];
}

/** Told only where it is missing. */
function flockCheck(seen: Examination | undefined): readonly Check[] {
  if (seen?.flock !== false) return [];
  const found = "there is none: nothing keeps two commands of pictl apart, and no daemon gets a promise of this node";
  return [warning("flock", found, "Install it: `apt-get install util-linux`, or busybox.")];
}

function applies({ vips }: NodeLook): (check: (typeof nodeChecks)[number]) => boolean {
  const candidatesOnly: readonly string[] = candidateChecks;
  const onlyWhenWrong: readonly string[] = [
    "podman-restart",
    "lingering",
    "userland",
    "flock",
    "vip-folders",
    "vip-conflict",
    "vip-stray",
    "cgroup-memory",
  ];
  return (check) => !onlyWhenWrong.includes(check) && (vips.length > 0 || !candidatesOnly.includes(check));
}

function unseen(check: "disk" | "docker-disk" | "memory"): Check {
  return skipped(check, "could not be looked at");
}
