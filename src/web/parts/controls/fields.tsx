import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";
import { nodes } from "../../state/store.ts";

/** A field of a form with its name above it, and what it is for below. */
export function Field({
  label,
  value,
  onValue,
  hint,
  secret = false,
  ...rest
}: {
  label: string;
  value: string;
  onValue: (text: string) => void;
  hint?: ComponentChildren;
  secret?: boolean;
  placeholder?: string;
  autofocus?: boolean;
}) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        id={id}
        aria-describedby={hint === undefined ? undefined : `${id}-hint`}
        {...(secret ? { type: "password" as const } : { type: "text" as const })}
        autocomplete="off"
        autocapitalize="none"
        spellcheck={false}
        {...rest}
        value={value}
        onInput={(event) => onValue(event.currentTarget.value)}
      />
      {hint !== undefined && (
        <small id={`${id}-hint`} class="quiet">
          {hint}
        </small>
      )}
    </div>
  );
}

export function Switch({
  label,
  on,
  onChange,
}: {
  label: ComponentChildren;
  on: boolean;
  onChange: (on: boolean) => void;
}) {
  return (
    <label class="switch">
      <input type="checkbox" checked={on} onChange={(event) => onChange(event.currentTarget.checked)} />
      {label}
    </label>
  );
}

/** One of several, as buttons side by side. */
export function OneOf<Id extends string>({
  label,
  choices,
  value,
  onValue,
}: {
  label: string;
  choices: readonly (readonly [Id, string])[];
  value: Id;
  onValue: (id: Id) => void;
}) {
  return (
    <span class="one-of" role="group" aria-label={label}>
      {choices.map(([id, text]) => (
        <button key={id} type="button" aria-pressed={value === id} onClick={() => onValue(id)}>
          {text}
        </button>
      ))}
    </span>
  );
}

/** Nodes by their names; none means all where `all` says so. */
export function NodeChoice({
  label,
  value,
  onValue,
  all,
}: {
  label: string;
  value: readonly string[];
  onValue: (names: readonly string[]) => void;
  all?: string;
}) {
  return (
    <fieldset class="field choice">
      <legend>{label}</legend>
      {all !== undefined && (
        <button type="button" class="chip" aria-pressed={value.length === 0} onClick={() => onValue([])}>
          {all}
        </button>
      )}
      {nodes.value.map(({ node }) => (
        <button
          key={node}
          type="button"
          class="chip"
          aria-pressed={value.includes(node)}
          onClick={() => onValue(value.includes(node) ? value.filter((each) => each !== node) : [...value, node])}
        >
          {node}
        </button>
      ))}
    </fieldset>
  );
}

/** Nodes as an operation takes them that can mean all. */
export function meant(names: readonly string[]): { readonly node: readonly string[]; readonly all: boolean } {
  return { node: names, all: names.length === 0 };
}
