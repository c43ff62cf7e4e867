/** Rows of a table in `docs/performance.md`; the first row is its head. */
export interface MeasuredTable {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** What a reader has to know to judge the figures: one sentence each. */
  readonly notes: readonly string[];
}

/**
 * One thing that `npm run bench` measures; its name is the argument that runs it alone and the marker of
 * its section in `docs/performance.md`.
 */
export interface Measurement {
  readonly name: string;
  /** One table, or several under one another. */
  measure(): Promise<MeasuredTable | readonly MeasuredTable[]>;
}
