import type { ApiJob } from '../../backends/api-job.ts';
import { BackendError, OutcomeUnknownError } from '../../backends/backend-errors.ts';
import type { FinishResult, PressRequest, PressResult } from '../../backends/contract.ts';
import { compact } from '../../shared/compact.ts';
import type { PressSubmission, Submission } from './submission.ts';
import { isPressSubmission } from './submission.ts';
import type { SubmissionApi } from './submission-api.ts';

/** Stores which job the second step of a press is about to start. */
export type SecondStepListener = (submission: PressSubmission, jobid: string) => Promise<void>;

/** Sends a submission's paid POST; what the API refuses, or leaves open, is returned. */
export async function postSubmission(
  api: SubmissionApi,
  submission: Submission,
  onSecondStep: SecondStepListener,
): Promise<PressResult | BackendError> {
  return orError<PressResult>(async () => {
    if (isPressSubmission(submission)) return postPress(api, submission, onSecondStep);
    if (submission.work.kind !== 'submit') throw new TypeError('no such work');
    const { board, prompt, pictures, apiChannel } = submission.work;
    const call = { ...toSent(submission), board, prompt, ...compact({ pictures, apiChannel }) };
    return { outcome: 'created', job: await api.submit(call) };
  });
}

/** A press whose second step was refused because no slot was free goes on there: the first one is never repeated. */
async function postPress(
  api: SubmissionApi,
  submission: PressSubmission,
  onSecondStep: SecondStepListener,
): Promise<PressResult> {
  const { secondStepJobid } = submission.work;
  const request = toPressRequest(submission);
  if (secondStepJobid === undefined)
    return api.press({ ...request, onSecondStep: (jobid) => onSecondStep(submission, jobid) });
  const result = await api.finishPress(secondStepJobid, request);
  if (result.outcome === 'waiting') throw new OutcomeUnknownError({ endpoint: 'finishPress' });
  return result;
}

/** Goes on with a press of which the first step is known to have been taken. */
export function postSecondStep(
  api: SubmissionApi,
  submission: PressSubmission,
  jobid: string,
  isLookOnly: boolean,
): Promise<FinishResult | BackendError> {
  return orError(() => api.finishPress(jobid, { ...toPressRequest(submission), isLookOnly }));
}

function toPressRequest(submission: PressSubmission): PressRequest {
  const { jobid, label, prompt, mask } = submission.work;
  return { ...toSent(submission), jobid, button: label, ...compact({ prompt, mask }) };
}

function toSent({ id }: Submission) {
  return { replyRef: id, isBusyFinal: true } as const;
}

async function orError<T>(send: () => Promise<T>): Promise<T | BackendError> {
  try {
    return await send();
  } catch (thrown) {
    if (thrown instanceof BackendError) return thrown;
    throw thrown;
  }
}

/** What a submit made, as one record for each job: some make several, which are paid for together. */
export function toRecords({ batchmates = [], ...record }: ApiJob): [ApiJob, ...ApiJob[]] {
  return [record, ...batchmates.map((jobid) => ({ ...record, jobid }))];
}
