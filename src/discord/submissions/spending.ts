import type { Words } from '../../moderation/listed-words.ts';
import type { AuditLog } from '../../moderation/log/audit-log.ts';
import { LOG_ACTION } from '../../moderation/log/log-entry.ts';
import type { Allowance } from '../../moderation/quota.ts';
import type { Quotas } from '../../moderation/quotas.ts';
import type { Clock } from '../../shared/clock.ts';
import { UserError } from '../../shared/errors.ts';
import type { Caller } from '../core/caller.ts';
import { toSafeLine } from '../ui/outside-text.ts';
import { toExhaustedText } from './allowance.ts';
import { submissionWords } from './words.ts';

export interface SpendingNeeds {
  readonly words: Pick<Words, 'check'>;
  readonly quotas: Pick<Quotas, 'spend' | 'refund'>;
  readonly log: Pick<AuditLog, 'append'>;
  readonly clock: Pick<Clock, 'now'>;
}

/** What a member wants to spend one of today's presses and submits for. */
export interface SpendRequest {
  /** Of the interaction. */
  readonly id: string;
  readonly caller: Caller;
  readonly what: 'press' | 'submit';
  readonly prompt?: string | undefined;
  /** The job whose button it is. */
  readonly ref?: string | undefined;
}

export interface Spent {
  readonly before: Allowance;
  readonly after: Allowance;
  /** For a request that came to nothing; what the same interaction spent before stays. */
  giveBack(): Promise<void>;
}

/** Takes one of the member's quota, after the words of the prompt; refusals are logged. @throws UserError */
export async function spend(needs: SpendingNeeds, request: SpendRequest): Promise<Spent> {
  const { caller, id } = request;
  const words = needs.words.check(caller.guildId, request.prompt ?? '');
  if (words.outcome === 'refuse') {
    await logRefusal(needs, request, { why: 'word', word: words.word });
    throw new UserError('word-refused', submissionWords.listedWord(toSafeLine(words.word, 100)));
  }
  const spent = await needs.quotas.spend(caller, id);
  if (spent.outcome === 'exhausted') {
    await logRefusal(needs, request, { why: 'quota', quota: spent.before.exhausted ?? 'member' });
    throw new UserError('quota-exhausted', toExhaustedText(spent.before));
  }
  const isOwn = spent.outcome === 'spent';
  const giveBack = async () => void (isOwn && (await needs.quotas.refund(caller.guildId, id)));
  return { before: spent.before, after: spent.after, giveBack };
}

/** Logs that a request was not granted, once per request. */
async function logRefusal(
  { log, clock }: SpendingNeeds,
  { caller, id, what, ref }: SpendRequest,
  details: Readonly<Record<string, string>>,
): Promise<void> {
  await log.append({
    id: `refusal:${id}`,
    at: clock.now(),
    guildId: caller.guildId,
    actorId: caller.userId,
    action: LOG_ACTION.refusal,
    details: { what, ...details },
    ...(ref !== undefined && { ref }),
  });
}
