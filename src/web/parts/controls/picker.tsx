import { containers } from "../../state/store.ts";

/** Containers by their names, all instances of one together, or one instance. `none`: what nothing chosen means. */
export function Picker({
  none,
  chosen,
  onChoose,
}: {
  readonly none: string;
  readonly chosen: readonly string[];
  readonly onChoose: (names: readonly string[]) => void;
}) {
  const choices = choicesOf(chosen);
  return (
    <span class="picker">
      <select
        aria-label="Add a container"
        value=""
        onChange={({ currentTarget }) => {
          if (currentTarget.value) onChoose([...chosen, currentTarget.value]);
          currentTarget.value = "";
        }}
      >
        <option value="">{chosen.length === 0 ? capital(none) : "Add a container …"}</option>
        {choices.map(([name, text]) => (
          <option key={name} value={name}>
            {text}
          </option>
        ))}
      </select>
      {chosen.map((name) => (
        <button
          key={name}
          type="button"
          class="chip"
          aria-label={`Without ${name}`}
          onClick={() => onChoose(chosen.filter((each) => each !== name))}
        >
          {name} ×
        </button>
      ))}
    </span>
  );
}

/** A container on several nodes can be meant as a whole. */
function choicesOf(chosen: readonly string[]): readonly (readonly [string, string])[] {
  const keys = Map.groupBy(containers.value, ({ container }) => container);
  return [...keys]
    .flatMap(([name, rows]): (readonly [string, string])[] => [
      ...(rows.length > 1 ? [[name, `${name}, on all ${String(rows.length)} nodes`] as const] : []),
      ...rows.map(({ key }) => [key, key] as const),
    ])
    .filter(([name]) => !chosen.includes(name));
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
