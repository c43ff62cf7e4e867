/** One thing that must be right, and what to do where it is not. */
export interface Check {
  /** A word or two. */
  readonly name: string;
  readonly ok: boolean;
  /** `ok`, or what is wrong. */
  readonly says: string;
  readonly todo?: string;
}

/** A line of plain text: `store: ok`. */
export function toCheckLine({ name, says, todo }: Check): string {
  return `${name}: ${[says, todo].filter(Boolean).join(' ')}`;
}
