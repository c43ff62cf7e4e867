import { compact } from '../../shared/compact.ts';
import type { ParsedJobid } from '../contract.ts';

/** The one board that such a server has. */
export const BOARD = 'mj';

const ID = /^\d{15,19}$/;
const TIME_DIGITS = 13;
const FIRST_TIME = Date.UTC(2022, 0);
const DAY_MS = 86_400_000;

/**
 * Reads a task's id: digits that begin with its time, as a rule sixteen of them.
 * @param nowMs Epoch milliseconds: digits that name a later time are no time.
 */
export function parseTaskId(text: string, nowMs: number): ParsedJobid | undefined {
  if (!ID.test(text)) return undefined;
  const time = Number(text.slice(0, TIME_DIGITS));
  const isTime = time >= FIRST_TIME && time <= nowMs + DAY_MS;
  return compact({ board: BOARD, createdAt: isTime ? time : undefined });
}
