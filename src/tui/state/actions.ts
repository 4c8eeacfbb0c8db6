/** What the TUI knows of an operation of the table. */
export interface ActionSpec {
  /** `container.move` */
  readonly id: string;
  /** The words of the command that does the same; null where none does. */
  readonly command: string | null;
  /** Fields that are words and no flags, in their order. */
  readonly args: readonly string[];
  readonly changes: boolean;
  readonly summary: string;
  readonly subject?: { readonly kind: "placement" | "node" | "image" | "vip"; readonly field: string };
  readonly fields: readonly FieldSpec[];
  /** The command line that does the same. */
  readonly line: (input: ActionInput) => string | undefined;
}

export interface FieldSpec {
  /** In camel case, as the input has it. */
  readonly name: string;
  readonly kind: "flag" | "number" | "text" | "list" | "secret" | "value" | "confirm";
  /** What its text names, so that it can be completed. */
  readonly names?: string | undefined;
  readonly required: boolean;
  readonly description: string;
}

export type ActionInput = Readonly<Record<string, unknown>>;

/** The input of one word for the first argument, which may be a list. */
export function firstWord({ args, fields }: ActionSpec, text: string): ActionInput {
  const [name = ""] = args;
  return { [name]: fields.some((field) => field.name === name && field.kind === "list") ? [text] : text };
}

/** Those that may be seen and run: without what changes something where nothing may. */
export function allowed(actions: readonly ActionSpec[], readOnly: boolean): readonly ActionSpec[] {
  return readOnly ? actions.filter(({ changes }) => !changes) : actions;
}
