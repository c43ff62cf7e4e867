import type { Submissions } from '../../jobs/submissions/submissions.ts';
import type { Answer } from '../core/answer.ts';

interface Reported {
  /** Of the submission whose outcome the answer reports. */
  readonly submissionId: string;
  /** Whether it reports no more than that the job may be running. */
  readonly isDoubt?: boolean;
}

/** The same answer, which leaves nothing more to report of the submission once Discord has taken it. */
export function withReceipt(
  submissions: Pick<Submissions, 'noteReported'>,
  answer: Answer,
  { submissionId, ...report }: Reported,
): Answer {
  return {
    ...answer,
    onShown() {
      answer.onShown?.();
      void submissions.noteReported(submissionId, report);
    },
  };
}
