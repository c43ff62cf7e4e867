import type { Acting } from '../../jobs/submissions/create-submissions.ts';
import type { Answer } from '../core/answer.ts';

interface Told {
  /** Of the act whose outcome the answer tells. */
  readonly actId: string;
  /** Whether it tells no more than that the job may be running. */
  readonly isDoubt?: boolean;
}

/** The same answer, which leaves nothing more to tell of the act once Discord has taken it. */
export function withReceipt(acting: Pick<Acting, 'noteTold'>, answer: Answer, { actId, ...told }: Told): Answer {
  return {
    ...answer,
    onShown() {
      answer.onShown?.();
      void acting.noteTold(actId, told);
    },
  };
}
