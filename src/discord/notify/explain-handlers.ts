import type { AccountList } from '../../jobs/account-names.ts';
import type { JobActions } from '../../jobs/job-actions.ts';
import { toWordlessJob } from '../../jobs/wordless-job.ts';
import type { Permissions } from '../../moderation/permissions.ts';
import type { Explainer } from '../../notifications/explain.ts';
import { UserError } from '../../shared/errors.ts';
import type { ReviewGate } from '../cards/review-gate.ts';
import type { Answer } from '../core/answer.ts';
import type { Caller } from '../core/caller.ts';
import { toDeliveriesList, toExplanation } from './explanation.ts';
import { explainWords } from './words.ts';

export interface ExplainNeeds {
  readonly actions: Pick<JobActions, 'resolve'>;
  readonly gate: Pick<ReviewGate, 'conceal' | 'audienceOf'>;
  readonly permissions: Pick<Permissions, 'isAllowed' | 'requireAny'>;
  readonly accounts: AccountList;
  readonly explainer: Pick<Explainer, 'explainJob' | 'listDeliveries'>;
}

/** Why posts came, or did not. */
export interface ExplainHandlers {
  /** A page, from 0, of why a job was posted, or was not. */
  readonly explainJob: (caller: Caller, idOrRef: string, page?: number) => Promise<Answer>;
  /** For those who may change rules, or read what is logged. @throws UserError */
  readonly listDeliveries: (caller: Caller) => Promise<Answer>;
}

const DELIVERIES_SHOWN = 15;

export function explainHandlers(needs: ExplainNeeds): ExplainHandlers {
  return {
    explainJob: (caller, idOrRef, page = 0) => explainJob(needs, caller, idOrRef, page),
    listDeliveries: async (caller) => {
      needs.permissions.requireAny(['audit', 'rules'], caller);
      const deliveries = await needs.explainer.listDeliveries(caller.guildId, DELIVERIES_SHOWN);
      return { message: toDeliveriesList(deliveries, { hasCodes: needs.permissions.isAllowed('configure', caller) }) };
    },
  };
}

async function explainJob(
  { actions, gate, explainer, accounts, permissions }: ExplainNeeds,
  caller: Caller,
  idOrRef: string,
  page: number,
): Promise<Answer> {
  const { known } = await actions.resolve(idOrRef, caller.guildId);
  if (known === undefined) throw new UserError('job-unseen', explainWords.unseen());
  const job = gate.conceal(known, gate.audienceOf(caller, true));
  const events = await explainer.explainJob(caller.guildId, known.ref);
  const hasCodes = permissions.isAllowed('configure', caller);
  const view = { page, accounts: accounts.listOf(caller.guildId), hasCodes };
  return {
    message: toExplanation(job, events, view),
    withoutWords: () => toExplanation(toWordlessJob(job), events, view),
  };
}
