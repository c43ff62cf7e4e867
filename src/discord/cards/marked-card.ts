import type { JobStore } from '../../jobs/job-store.ts';
import type { Answer } from '../core/answer.ts';
import type { ControlCall } from '../core/handlers.ts';
import type { SourceMessage } from '../core/source-message.ts';
import { refreshJob } from '../ui/show-controls.ts';
import type { JobAnswers } from './job-answers.ts';
import type { PrivateCard, PrivateCards } from './private-cards.ts';

export interface MarkedCardNeeds {
  readonly jobs: Pick<JobStore, 'get'>;
  readonly jobAnswers: Pick<JobAnswers, 'toAnswer'>;
  readonly privateCards: Pick<PrivateCards, 'keep' | 'refresh'>;
}

type CardCall = Pick<ControlCall, 'caller' | 'editSource'> & Partial<Pick<ControlCall, 'source'>>;

/** Whether a message is the card of this job. */
export function isCardOf({ customIds }: SourceMessage, ref: string): boolean {
  return customIds.some((id) => refreshJob.parse(id)?.ref === ref);
}

/**
 * After the answer was sent, the private card from which it was asked for shows what came of it, then and for a while.
 */
export function withMarkedCard(needs: MarkedCardNeeds, call: CardCall, ref: string, answer: Answer): Answer {
  const { privateCards } = needs;
  const card = toPrivateCard(needs, call, ref);
  return {
    ...answer,
    release() {
      answer.release?.();
      if (card !== undefined) privateCards.keep(card);
      void privateCards.refresh(ref);
    },
  };
}

function toPrivateCard(
  { jobs, jobAnswers }: MarkedCardNeeds,
  { caller, source, editSource }: CardCall,
  ref: string,
): PrivateCard | undefined {
  if (editSource === undefined || source === undefined || !isCardOf(source, ref)) return undefined;
  const draw = async () => {
    const job = await jobs.get(ref);
    return job && jobAnswers.toAnswer({ job }, { caller });
  };
  return { ref, messageId: source.id, draw, edit: editSource };
}
