import type { Job } from '../job.ts';
import { type Place, type PressWork, type Submission, toSubmissionId } from './submission.ts';

/** Who wants to press, and with what. */
interface PressCall {
  readonly prompt?: string;
  /** Base64 PNG. */
  readonly mask?: string;
  readonly guildId: string;
  readonly userId: string;
  readonly requestId?: string;
  readonly place?: Place;
}

/** The submission that a request asks for, and its work. */
export function toPressSubmission(
  { prompt, mask, guildId, userId, requestId, place }: PressCall,
  job: Job,
  label: string,
  when: { readonly askedAt: number; readonly turn: number },
): { readonly submission: Submission; readonly work: PressWork } {
  const work: PressWork = {
    kind: 'press',
    ref: job.ref,
    jobid: job.jobid,
    label,
    ...(prompt !== undefined && prompt !== '' && { prompt }),
    ...(mask !== undefined && mask !== '' && { mask }),
    childrenBefore: job.children.flatMap(({ jobid }) => (jobid === undefined ? [] : [jobid])),
  };
  const asked = { ...(requestId !== undefined && { requestId }), ...(place && { place }) };
  const id = toSubmissionId();
  return { submission: { id, state: 'waiting', guildId, userId, ...when, hasWaited: false, ...asked, work }, work };
}
