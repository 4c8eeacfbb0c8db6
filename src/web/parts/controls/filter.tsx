/** The field above a list that leaves rows out as one types. */
export function Filter({
  label = "Filter",
  placeholder,
  value,
  onValue,
}: {
  label?: string;
  placeholder: string;
  value: string;
  onValue: (text: string) => void;
}) {
  return (
    <input
      type="search"
      class="filter"
      aria-label={label}
      placeholder={placeholder}
      value={value}
      onInput={(event) => onValue(event.currentTarget.value)}
    />
  );
}
