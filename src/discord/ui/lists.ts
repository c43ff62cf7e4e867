/** Several things in a sentence: `one, two and three`. */
export function toList(parts: readonly string[], and = 'and'): string {
  const last = parts.at(-1) ?? '';
  return parts.length < 2 ? last : `${parts.slice(0, -1).join(', ')} ${and} ${last}`;
}
