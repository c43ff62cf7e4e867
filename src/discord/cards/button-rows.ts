import { toChunks } from '../../shared/chunks.ts';

const PER_ROW = 5;
const OPTIONS_PER_SELECT = 25;
const SELECT_COUNT = 3;
/** An action row and its select. */
const SELECT_COST = 2;

/** Midjourney's rows, from the top; what fits none of them stands in rows of its own at the end. */
const ROWS: readonly RegExp[] = [
  /^(U[1-4]|🔄)$|^(Redo )?Upscale\b/,
  /^V[1-4]$|^Vary\b|^(Make Variations|Remaster)$/,
  /^Zoom Out\b|^(Custom Zoom|Make Square)$/,
  /^(⬅️|➡️|⬆️|⬇️)$/,
  /^(Animate|Extend)\b/,
];

interface ButtonLayout {
  /** Labels of buttons, row by row. */
  readonly rows: readonly (readonly string[])[];
  /** Labels of options, select by select. */
  readonly selects: readonly (readonly string[])[];
  /** Labels that found no place. */
  readonly leftOut: number;
}

/** Puts labels into Midjourney's rows, and into selects what is more than `budget` components allow. */
export function layOutButtons(labels: readonly string[], budget: number): ButtonLayout {
  const rows = toRows(labels);
  if (costOf(rows) <= budget) return { rows, selects: [], leftOut: 0 };
  for (let count = 1; ; count += 1) {
    const kept = fitRows(rows, budget - count * SELECT_COST);
    const shown = new Set(kept.flat());
    const others = labels.filter((label) => !shown.has(label));
    if (others.length > count * OPTIONS_PER_SELECT && count < SELECT_COUNT) continue;
    const selects = toChunks(others, OPTIONS_PER_SELECT).slice(0, count);
    return { rows: kept, selects, leftOut: others.length - selects.flat().length };
  }
}

function toRows(labels: readonly string[]): string[][] {
  const rowOf = (label: string) => ROWS.findIndex((pattern) => pattern.test(label));
  const known = ROWS.map((_, at) => labels.filter((label) => rowOf(label) === at));
  const others = labels.filter((label) => rowOf(label) === -1);
  return [...known, others].flatMap((row) => toChunks(row, PER_ROW));
}

/** The rows from the top that fit, the last one cut. */
function fitRows(rows: readonly (readonly string[])[], budget: number): (readonly string[])[] {
  const kept: (readonly string[])[] = [];
  let left = budget;
  for (const row of rows) {
    const fitting = row.slice(0, Math.max(0, left - 1));
    if (fitting.length === 0) return kept;
    kept.push(fitting);
    left -= fitting.length + 1;
  }
  return kept;
}

function costOf(rows: readonly (readonly string[])[]): number {
  return rows.reduce((sum, row) => sum + row.length + 1, 0);
}
