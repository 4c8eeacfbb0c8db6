/**
 * Does the work once for each key: who asks again gets what the first one got, of a promise its failure too. What else is
 * given with a key counts the first time only.
 */
export function onceEach<Key, More extends readonly unknown[], T>(
  work: (key: Key, ...more: More) => T,
): (key: Key, ...more: More) => T {
  const done = new Map<Key, { readonly value: T }>();
  return (key, ...more) => {
    const known = done.get(key) ?? { value: work(key, ...more) };
    done.set(key, known);
    return known.value;
  };
}
