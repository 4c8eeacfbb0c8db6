import type { Config, NodeSpec } from "../domain/config/types.ts";
import type { Check, Measures } from "../domain/doctor/check.ts";
import { judgeController, judgeHeartbeat } from "../domain/doctor/controller.ts";
import { examineCommand, type Examination, parseExamination } from "../domain/doctor/examination.ts";
import { judgeNode, type NodeLook } from "../domain/doctor/node.ts";
import { type AddressLook, type Candidacy, devicesOf } from "../domain/doctor/vip.ts";
import { type Failure, PictlError, toFailure } from "../domain/errors.ts";
import { check, parseCheck, parseSurvey, survey } from "../domain/vip/commands.ts";
import { fanOut } from "./kit/fan-out.ts";
import type { Connection, Controller, Ports } from "./ports.ts";
import type { Report } from "./kit/report.ts";

export interface DoctorRow extends Omit<Check, "measured" | "code">, Measures {
  /** Null for what was found on the controller. */
  readonly node: string | null;
}

/**
 * Looks at the controller and at every node at once, through the same connections and the same Docker as every other
 * command, and says of each thing whether it is well and what to do if not. Every problem is a failure too.
 */
export async function examineCluster(
  ports: Ports & { readonly controller: Controller },
  input: {
    readonly config: Config;
    readonly configPath: string;
    readonly nodes: readonly NodeSpec[];
    /** Told once what is known of this machine and of the nodes that have been looked at, while others let one wait. */
    readonly onEarly?: ((result: { checks: readonly DoctorRow[] }) => void) | undefined;
  },
): Promise<Report<{ checks: readonly DoctorRow[] }>> {
  const { onEarly } = input;
  let own: readonly Found[] = [];
  const [, looks] = await Promise.all([
    ports.controller.look({ config: input.configPath, stateDir: input.config.stateDir }).then((controller) => {
      own = [...judgeController(controller), ...judgeHeartbeat(input.config)].map((check) => ({ node: null, check }));
    }),
    fanOut(ports, input.nodes, {
      early: onEarly && {
        clock: ports.clock,
        tell: (results: readonly NodeLook[]) => {
          onEarly(rowsOf([...own, ...results.flatMap(judged)]));
        },
      },
      place: (node) => ({ node: node.name }),
      work: (node) => examineNode(ports, input.config, node),
    }),
  ]);
  const checks = [...own, ...looks.results.flatMap(judged)];
  return {
    result: rowsOf(checks),
    failures: [...looks.failures, ...checks.flatMap(({ node, check }) => failureOf(node, check))],
  };
}

interface Found {
  readonly node: string | null;
  readonly check: Check;
}

function judged(look: NodeLook): readonly Found[] {
  return judgeNode(look).map((check) => ({ node: look.node, check }));
}

function rowsOf(checks: readonly Found[]): { checks: readonly DoctorRow[] } {
  return { checks: checks.map(({ node, check }) => row(node, check)) };
}

function candidacies(config: Config, { name }: NodeSpec): readonly Candidacy[] {
  return config.vips.flatMap(({ ip, candidates }) =>
    candidates.filter(({ node }) => node === name).map(({ device }) => ({ ip, device })),
  );
}

async function examineNode(ports: Ports, config: Config, node: NodeSpec): Promise<NodeLook> {
  const vips = candidacies(config, node);
  const step = ports.progress.look(node.name);
  const look = { node: node.name, address: node.address, cordoned: node.cordoned, vips };
  try {
    const before = ports.clock.monotonic();
    const connection = await orError(ports.nodes.connect(node, ports.signal));
    const durationMs = Math.round(ports.clock.monotonic() - before);
    if (connection instanceof PictlError) {
      step.fail();
      return { ...look, connection };
    }
    const inside = await lookInside(ports, connection, { config, node, vips });
    step.done();
    return { ...look, connection: { durationMs, login: connection.login }, inside };
  } catch (error) {
    step.fail();
    throw error;
  }
}

async function lookInside(
  ports: Ports,
  connection: Connection,
  { config, node, vips }: { config: Config; node: NodeSpec; vips: readonly Candidacy[] },
): Promise<NonNullable<NodeLook["inside"]>> {
  const sentMs = ports.clock.now();
  const [examined, rights, daemon, addresses] = await Promise.all([
    orError(examine(ports, connection, devicesOf(vips))),
    orError(connection.privilege()),
    orError(askDaemon(ports, node, connection)),
    orError(lookAtAddresses(ports, connection, { config, vips })),
  ]);
  const failed = examined instanceof PictlError;
  return {
    examination: failed ? examined : examined.examination,
    asked: { sentMs, receivedMs: failed ? sentMs : examined.receivedMs },
    rights,
    daemon,
    addresses: addresses instanceof PictlError ? undefined : addresses,
  };
}

async function lookAtAddresses(
  ports: Ports,
  connection: Connection,
  { config, vips }: { config: Config; vips: readonly Candidacy[] },
): Promise<AddressLook | undefined> {
  const [text, { root, sudo }] = await Promise.all([ports.scripts.read("vip.sh"), connection.privilege()]);
  const { cluster } = config;
  const options = { timeoutMs: 20_000, signal: ports.signal };
  const [told, checked] = await Promise.all([
    connection.run(
      survey(
        text,
        cluster,
        config.vips.map(({ ip }) => ip),
      ),
      options,
    ),
    vips.length === 0 ? undefined : connection.run(check(text, cluster), { ...options, sudo: !root && sudo }),
  ]);
  const known = parseSurvey(told.stdout);
  return (
    known && {
      survey: known,
      wanted: vips.map(({ ip }) => ip),
      unwritable: (checked && parseCheck(checked.stdout)) ?? [],
    }
  );
}

async function examine(
  ports: Ports,
  connection: Connection,
  devices: readonly string[],
): Promise<{ examination: Examination; receivedMs: number }> {
  const outcome = await connection.run(examineCommand(devices), { timeoutMs: 20_000, signal: ports.signal });
  const receivedMs = ports.clock.now();
  // What came before it stopped is worth reading: it stopped at what is broken.
  if (outcome.status === "ok" || outcome.stdout !== "") {
    return { examination: parseExamination(outcome.stdout), receivedMs };
  }
  throw new PictlError("command-failed", "it did not run a harmless script within 20 s", {
    hint: "Its disk or processor may be stuck, or a start-up file of the login shell waits for something.",
  });
}

async function askDaemon(
  ports: Ports,
  node: NodeSpec,
  connection: Connection,
): Promise<Exclude<NonNullable<NodeLook["inside"]>["daemon"], PictlError>> {
  const before = ports.clock.monotonic();
  const info = await (await ports.engines.on(node, ports.signal)).info();
  const durationMs = Math.round(ports.clock.monotonic() - before);
  return { info, durationMs, dockerHost: await connection.dockerHost() };
}

/** An error is a finding here; being interrupted, and a bug of ours, are not. */
async function orError<T>(work: Promise<T>): Promise<T | PictlError> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof PictlError && error.code !== "interrupted" && error.code !== "internal") return error;
    throw error;
  }
}

function row(node: string | null, { check, state, message, remedy, measured }: Check): DoctorRow {
  return { node, check, state, message, remedy, ...measured };
}

function failureOf(node: string | null, { check, state, message, remedy, code }: Check): readonly Failure[] {
  if (state !== "problem") return [];
  // What is no sentence of an error's is a few words about the check.
  const sentence = message.endsWith(".") ? message : `${check}: ${message}.`;
  return [
    toFailure(
      new PictlError(code ?? "check-failed", sentence, {
        ...(node === null ? {} : { node }),
        ...(remedy === null ? {} : { hint: remedy }),
      }),
    ),
  ];
}

/** The failures that no row tells: what a person sees below the tree. */
export function untold(report: Report<{ checks: readonly DoctorRow[] }>): readonly Failure[] {
  const problems = new Set(report.result.checks.filter((each) => each.state === "problem").map((each) => each.node));
  return report.failures.filter((failure) => !problems.has(failure.node ?? null));
}
