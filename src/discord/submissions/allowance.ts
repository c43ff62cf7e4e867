import type { Allowance } from '../../moderation/quota.ts';
import { relativeTime } from '../ui/blocks.ts';

/** `7 of 20 today`; empty where nothing limits the member. */
export function toAllowanceText({ used, limit, server }: Allowance): string {
  const own = limit === undefined ? [] : [`${used} of ${limit} today`];
  const all = server === undefined ? [] : [`the server ${server.used} of ${server.limit} today`];
  return [...own, ...all].join(', ');
}

/** Why nothing more can be spent, and from when on it can. */
export function toExhaustedText(allowance: Allowance): string {
  const whose = {
    member: 'Your presses and submits',
    role: 'Your own presses and submits (your role sets how many)',
    server: 'This server’s presses and submits',
  };
  const what = whose[allowance.exhausted ?? 'member'];
  const next = `Nothing was sent. The next ones can be spent ${relativeTime(allowance.resetsAt)}; \`/mod quota\` changes how many there are.`;
  return `${what} for today are used up: ${toAllowanceText(allowance)}. ${next}`;
}
