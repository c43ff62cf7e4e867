/** What takes the place of a value for which there is no room. */
const OTHER = 'other';

/** Lets so many different values through, so that no mistake elsewhere makes more and more series. */
export function bounded(max: number): (value: string) => string {
  const seen = new Set<string>();
  return (value) => {
    if (seen.has(value)) return value;
    if (seen.size >= max) return OTHER;
    seen.add(value);
    return value;
  };
}

/** Lets these values through and no others. */
export function oneOf(values: Iterable<string>): (value: string) => string {
  const known = new Set(values);
  return (value) => (known.has(value) ? value : OTHER);
}
