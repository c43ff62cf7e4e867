import type { OwnAccountEvent } from '../../jobs/own-accounts/own-account.ts';
import type { AuditLog } from '../../moderation/log/audit-log.ts';
import { Json, LOG_ACTION, type LogDraft } from '../../moderation/log/log-entry.ts';
import type { RuleEvent } from '../../notifications/rules/guild-rules.ts';
import type { Clock } from '../../shared/clock.ts';
import type { Transaction } from '../../shared/transaction.ts';
import type { Caller } from '../core/caller.ts';

/** Logs a change of a notification rule as part of the transaction that stores it; idempotent. */
export async function logRuleChange(
  log: Pick<AuditLog, 'append'>,
  change: RuleEvent,
  transaction: Transaction,
): Promise<void> {
  const { id, guildId, number, what, by, at, before, after } = change;
  const draft: LogDraft = {
    id,
    at,
    guildId,
    actorId: by,
    action: LOG_ACTION.ruleChange,
    details: { what: `/notify ${what}`, rule: number },
    ...(before !== undefined && { before: toJson(before) }),
    ...(after !== undefined && { after: toJson(after) }),
  };
  await log.append(draft, transaction);
}

/** Logs a change of a server's own account as part of the transaction that stores it; idempotent. */
export async function logOwnAccountChange(
  log: Pick<AuditLog, 'append'>,
  { id, guildId, by, at, what, kind, url }: OwnAccountEvent,
  transaction: Transaction,
): Promise<void> {
  const entry = { id, at, guildId, actorId: by, action: LOG_ACTION.accountChange, details: { what, kind, url } };
  await log.append(entry, transaction);
}

/** Milliseconds in which the same attempt of the same member is logged once, so that nobody fills the log. */
const REFUSAL_WINDOW_MS = 10 * 60_000;

export interface Denied {
  readonly caller: Caller;
  /** What was tried: `/mod allow`, or the name of a control. */
  readonly what: string;
  readonly ref?: string;
}

/** Logs that a member may not do what they tried, at most once in ten minutes. */
export async function logDenied(
  log: Pick<AuditLog, 'append'>,
  clock: Clock,
  { caller, what, ref }: Denied,
): Promise<void> {
  const { guildId, userId } = caller;
  const at = clock.now();
  const id = `denied:${userId}:${what}:${ref ?? ''}:${Math.floor(at / REFUSAL_WINDOW_MS)}`;
  const details = { what, why: 'permission' };
  const entry = { id, at, guildId, actorId: userId, action: LOG_ACTION.refusal, details };
  await log.append(ref === undefined ? entry : { ...entry, ref });
}

/** A record without what JSON does not know. */
function toJson(value: object): Json {
  return Json.parse(JSON.parse(JSON.stringify(value)));
}
