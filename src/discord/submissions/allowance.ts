import type { Allowance } from '../../moderation/quota.ts';
import { relativeTime } from '../ui/blocks.ts';
import { submissionWords } from './words.ts';

/** `7 of 20 today`; empty where nothing limits the member. */
export function toAllowanceText({ used, limit, server }: Allowance): string {
  const own = limit === undefined ? [] : [submissionWords.ownUsed({ used, limit })];
  const all = server === undefined ? [] : [submissionWords.serverUsed(server)];
  return [...own, ...all].join(', ');
}

/** Why nothing more can be spent, and from when on it can. */
export function toExhaustedText(allowance: Allowance): string {
  const whose = allowance.exhausted ?? 'member';
  const limit = whose === 'server' ? allowance.server?.limit : allowance.limit;
  const resets = relativeTime(allowance.resetsAt);
  return submissionWords.exhausted(whose, limit ?? 0, resets);
}
