/**
 * A value that must not be seen. It prints as `[REDACTED]` wherever it ends up by mistake (template strings,
 * JSON, `util.inspect`); only `reveal()` gives the text, and whoever calls it answers for where it goes
 * (a process's stdin, a file of mode 0600, an HTTP header; never argv, a log or an error).
 */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return "[REDACTED]";
  }

  toJSON(): string {
    return "[REDACTED]";
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return "[REDACTED]";
  }
}
