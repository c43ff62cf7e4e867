import { type Audience, type Finding, ok, warning, wrong } from './finding.ts';
import { accountWords } from './words.ts';

/** What came of listing what runs on a board. */
export type ListOutcome =
  | { readonly isAnswered: true; readonly ms: number }
  /** `says`: for the people of a server, what happened and what to do; `check`: for an operator, what was answered. */
  | { readonly isAnswered: false; readonly code: string; readonly says: string; readonly check?: string };

/** What came of opening the newest file of an account; `none`: there is no finished job whose file could be tried. */
export type FileOutcome = 'opened' | 'none' | { readonly problem: string };

export interface AccountFacts {
  readonly name: string;
  /** Whether the server brought it for itself, so that its people can change it. Default false. */
  readonly isOwn?: boolean;
  readonly lists: readonly { readonly board: string; readonly outcome: ListOutcome }[];
  /** Milliseconds by which its clock is ahead; undefined where it does not say. */
  readonly clockAheadMs?: number;
  readonly file?: FileOutcome;
}

/** More than what a slow answer explains; lists and records carry times of the server. */
const CLOCK_LIMIT_MS = 30_000;

/** One line for its lists, and one each for its clock and its files as far as they are known. */
export function checkAccount(facts: AccountFacts, audience: Audience): Finding[] {
  return [...checkLists(facts, audience), ...checkClock(facts, audience), ...checkFile(facts, audience)];
}

function checkLists({ name, lists, isOwn = false }: AccountFacts, audience: Audience): Finding[] {
  const problems = lists.flatMap(({ board, outcome }) => {
    if (outcome.isAnswered) return [];
    const where = lists.length > 1 ? accountWords.boardOf(name, board) : name;
    if (isOwn) return [wrong(accountWords.ownFailed(where, outcome.code), accountWords.ownFailedTodo)];
    if (audience === 'server' || outcome.check === undefined) return [wrong(accountWords.problem(where, outcome.says))];
    return [wrong(accountWords.failed(where, outcome.check), accountWords.failedTodo)];
  });
  if (problems.length > 0) return problems;
  const slowest = Math.max(0, ...lists.map(({ outcome }) => (outcome.isAnswered ? outcome.ms : 0)));
  return [ok(accountWords.answers(name, slowest))];
}

function checkClock({ name, clockAheadMs }: AccountFacts, audience: Audience): Finding[] {
  if (clockAheadMs === undefined) return [];
  if (Math.abs(clockAheadMs) <= CLOCK_LIMIT_MS) return [ok(accountWords.clockFits(name))];
  return [warning(accountWords.clockDiffers(name, clockAheadMs), accountWords.clockTodo[audience])];
}

function checkFile({ name, file }: AccountFacts, audience: Audience): Finding[] {
  if (file === undefined) return [];
  if (file === 'none') return [ok(accountWords.noFile(name))];
  if (file === 'opened') return [ok(accountWords.filesFit(name))];
  return [warning(accountWords.fileProblem(name, file.problem), accountWords.fileTodo[audience])];
}
