import * as z from "zod/mini";
import type { Report } from "../app/kit/report.ts";
import type { Role } from "../domain/access/role.ts";
import { PictlError } from "../domain/errors.ts";
import { type Answers, answersOf } from "./answers.ts";
import type { OperationContext, RowSink, RunContext } from "./context.ts";
import { parseInput } from "./input.ts";

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** `GET /containers/:container/candidates`, below the API's root; what stands behind a colon is a field. */
export type Route = `${Method} /${string}`;

/** The fields of an operation, each made by fields.ts. */
export type Shape = Readonly<Record<string, z.core.$ZodType>>;

export type Input<Fields extends Shape> = z.output<z.ZodMiniObject<{ -readonly [Key in keyof Fields]: Fields[Key] }>>;

/** What an operation declares of itself. `Fields` has a name for each flag and argument of its command, in camel case. */
interface Declared<Id extends string, Key extends string> {
  /** Stable: events, jobs and faces name it so. `container.move` */
  readonly id: Id;
  /** The words of the command that does the same, such as `node add`; null where none does. */
  readonly command: string | null;
  /** Fields that are words of the command line and no flags, in their order. */
  readonly args?: readonly Key[];
  readonly route: Route;
  readonly role: Role;
  /** Fields that need a greater role when they are set. */
  readonly elevated?: Readonly<Partial<Record<Key, Role>>>;
  /** It changes something, unless its input says `dryRun`. */
  readonly changes: boolean;
  /** One sentence: what it does. */
  readonly summary: string;
  /** The words of its button. */
  readonly button: string;
  /** Its key in the TUI, and in the web console where it has the same one. */
  readonly key?: string;
  /** What it is done to, and the field that takes one of it: `web@n1`, a node's name, an image, an address. */
  readonly subject?: { readonly kind: "placement" | "node" | "image" | "vip"; readonly field: Key };
  /** What it asks before, and when, as a sentence. Then it has the field `confirm`. */
  readonly asks?: string;
  /** The command whose `result` in docs/json.md it answers; null where docs/api.md says it. */
  readonly output: string | null;
  /** The key of its result whose rows it hands on while they come. */
  readonly streams?: string;
  /** The field by which its rows go on coming, until the signal is aborted. */
  readonly follows?: Key;
  /** It works also while the config has mistakes, by what was read of it before. */
  readonly repairs?: true;
  /** Fields that cannot be set together. */
  readonly exclusive?: readonly (readonly Key[])[];
  /** Fields that need another one. */
  readonly needs?: Readonly<Partial<Record<Key, Key>>>;
  /** What everybody may see of fields that may hold a secret, in the place of what they hold. */
  readonly shows?: (input: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>;
  /** Flags of the command that are not called as their field is. */
  readonly flags?: Readonly<Partial<Record<Key, string>>>;
}

/** One thing that a person can do, for every face. */
export interface Operation<Id extends string = string, Result extends object = object> extends Declared<Id, string> {
  readonly input: z.ZodMiniObject;
  /**
   * Rejects with usage when the input is not as declared, and as the use case does. A question nobody has answered yet
   * is confirmation-missing, with the question as its message: say the same again with `confirm`.
   */
  readonly run: (context: RunContext, input: unknown) => Promise<Report<Result>>;
}

/** An operation of its declaration, its fields and what it does with them. */
export function operation<const Id extends string, const Fields extends Shape, Result extends object>(
  declared: Declared<Id, Extract<keyof Fields, string>> & { readonly input: Fields },
  run: (context: OperationContext, input: Input<Fields>) => Promise<Report<Result>>,
): Operation<Id, Result> {
  const input = z.strictObject(declared.input);
  return {
    ...declared,
    input: input,
    async run({ ask, rows, ...cluster }, raw) {
      const parsed = parseInput({ ...declared, input }, raw) as Input<Fields>;
      const answers = answersOf(parsed, ask);
      const context = { ...cluster, ask: answers };
      const { streams } = declared;
      if (rows || streams === undefined) {
        return withQuestion(answers, () => run({ ...context, rows: rows ?? nowhere }, parsed));
      }
      const collected: object[] = [];
      const sink: RowSink = { row: (row) => void collected.push(row), idle: () => undefined };
      const report = await run({ ...context, rows: sink }, parsed);
      return { ...report, result: { ...report.result, [streams]: collected } };
    },
  };
}

/** A use case may say in its own words that an answer is missing; what is to be agreed to is the question as it was asked. */
async function withQuestion<T>(answers: Answers, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const asked = answers.unanswered();
    if (!asked || !(error instanceof PictlError) || error.code !== "confirmation-missing") throw error;
    throw asked.at({
      ...(error.node === undefined ? {} : { node: error.node }),
      ...(error.container === undefined ? {} : { container: error.container }),
    });
  }
}

const nowhere: RowSink = { row: () => undefined, idle: () => undefined };
