import type { Answer } from '../core/answer.ts';
import type { ControlCall } from '../core/handlers.ts';
import type { SourceMessage } from '../core/source-message.ts';
import { refreshJob } from '../ui/show-controls.ts';
import type { PrivateCard } from './private-cards.ts';

type CardCall = Pick<ControlCall, 'caller' | 'services' | 'editSource'> & Partial<Pick<ControlCall, 'source'>>;

/** Whether a message is the card of this job. */
export function isCardOf({ customIds }: SourceMessage, ref: string): boolean {
  return customIds.some((id) => refreshJob.parse(id)?.ref === ref);
}

/** After the answer was sent, the private card from which it was asked for shows what came of it, then and for a while. */
export function withMarkedCard(call: CardCall, ref: string, answer: Answer): Answer {
  const { services } = call;
  const card = toPrivateCard(call, ref);
  return {
    ...answer,
    release() {
      answer.release?.();
      if (card !== undefined) services.privateCards.keep(card);
      void services.privateCards.refresh(ref);
    },
  };
}

function toPrivateCard({ caller, services, source, editSource }: CardCall, ref: string): PrivateCard | undefined {
  if (editSource === undefined || source === undefined || !isCardOf(source, ref)) return undefined;
  const draw = async () => {
    const job = await services.jobs.get(ref);
    return job && services.jobAnswers.toAnswer({ job }, { caller });
  };
  return { ref, messageId: source.id, draw, edit: editSource };
}
