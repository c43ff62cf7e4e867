import type { JobActions } from '../../jobs/job-actions.ts';
import { toWordlessJob } from '../../jobs/wordless-job.ts';
import type { Explainer } from '../../notifications/explain.ts';
import { UserError } from '../../shared/errors.ts';
import type { ReviewGate } from '../cards/review-gate.ts';
import type { Answer } from '../core/answer.ts';
import type { Caller } from '../core/caller.ts';
import { toDeliveriesList, toExplanation } from './explanation.ts';

export interface ExplainNeeds {
  readonly actions: Pick<JobActions, 'resolve'>;
  readonly gate: Pick<ReviewGate, 'conceal' | 'audienceOf'>;
  readonly explainer: Pick<Explainer, 'explainJob' | 'listDeliveries'>;
}

/** Why posts came, or did not. */
export interface ExplainHandlers {
  /** A page, from 0, of why a job was posted, or was not. */
  readonly explainJob: (caller: Caller, idOrRef: string, page?: number) => Promise<Answer>;
  readonly listDeliveries: (caller: Caller) => Promise<Answer>;
}

const DELIVERIES_SHOWN = 15;

export function explainHandlers(needs: ExplainNeeds): ExplainHandlers {
  return {
    explainJob: (caller, idOrRef, page = 0) => explainJob(needs, caller, idOrRef, page),
    listDeliveries: async ({ guildId }) => ({
      message: toDeliveriesList(await needs.explainer.listDeliveries(guildId, DELIVERIES_SHOWN)),
    }),
  };
}

async function explainJob(
  { actions, gate, explainer }: ExplainNeeds,
  caller: Caller,
  idOrRef: string,
  page: number,
): Promise<Answer> {
  const { known } = await actions.resolve(idOrRef, caller.guildId);
  if (known === undefined)
    throw new UserError('job-unseen', 'This job was never seen by the bot, so no rule was asked about it.');
  const job = gate.conceal(known, gate.audienceOf(caller, true));
  const events = await explainer.explainJob(caller.guildId, known.ref);
  return {
    message: toExplanation(job, events, page),
    withoutWords: () => toExplanation(toWordlessJob(job), events, page),
  };
}
