import { compact } from '../shared/compact.ts';
import type { Check } from './check.ts';
import { healthWords } from './words.ts';

/** How many connections there should be to Discord's gateway, and how many there are. */
export interface GatewayFacts {
  readonly shards: number;
  readonly connected: number;
}

/** What came of asking: `problem` is the code of what went wrong. */
export type ProbeFacts = { readonly isAnswered: true } | { readonly isAnswered: false; readonly problem: string };

/** `oldestDueMs`: for how long the next look at the API has been due. */
export type QueueFacts = ProbeFacts & { readonly oldestDueMs?: number };

/** A list of running jobs; without an age it was never read. */
export interface ListFacts {
  readonly account: string;
  readonly board: string;
  readonly ageMs?: number;
  readonly everyMs: number;
}

/** A tick that is due is taken within a second or two. */
const LATE_TICK_MS = 30_000;
/** A list may be missed twice. */
const MISSED_LISTS = 3;
const LIST_SLACK_MS = 30_000;

export function checkGateway({ shards, connected }: GatewayFacts): Check {
  const { notYet, partly, todo } = healthWords.gateway;
  const problem = shards === 0 ? notYet : connected < shards ? partly(connected, shards) : undefined;
  return toCheck('gateway', problem, todo);
}

export function checkStore(facts: ProbeFacts): Check {
  const { refused, todo } = healthWords.store;
  return toCheck('store', facts.isAnswered ? undefined : refused(facts.problem), todo);
}

/** Runs where the tick is taken when it is due. */
export function checkQueue(facts: QueueFacts): Check {
  const { refused, late, todo } = healthWords.queue;
  const { oldestDueMs = 0 } = facts;
  const lateness = oldestDueMs > LATE_TICK_MS ? late(oldestDueMs) : undefined;
  return toCheck('queue', facts.isAnswered ? lateness : refused(facts.problem), todo);
}

export function checkList({ account, board, ageMs, everyMs }: ListFacts): Check {
  const { notYet, old, todo } = healthWords.list;
  const isOld = ageMs !== undefined && ageMs > MISSED_LISTS * everyMs + LIST_SLACK_MS;
  const problem = ageMs === undefined ? notYet : isOld ? old(ageMs, everyMs) : undefined;
  return toCheck(`list ${account} ${board}`, problem, todo);
}

function toCheck(name: string, problem: string | undefined, todo: string): Check {
  const ok = problem === undefined;
  return { name, ok, says: problem ?? healthWords.ok, ...compact({ todo: ok ? undefined : todo }) };
}
