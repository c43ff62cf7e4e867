import { createHash, randomBytes } from 'node:crypto';
import { z } from 'zod';
import { compact } from '../../shared/compact.ts';
import { withRenamedField } from '../../shared/renamed-field.ts';
import type { JobOrigin } from '../job-claims.ts';

const PressWork = z.object({
  kind: z.literal('press'),
  /** Of the job whose button it is. */
  ref: z.string(),
  jobid: z.string(),
  /** As the job spells it. */
  label: z.string(),
  prompt: z.string().exactOptional(),
  /** Base64 PNG; dropped when the submission has ended. */
  mask: z.string().exactOptional(),
  /** Children that the job had before. */
  childrenBefore: z.array(z.string()).readonly(),
  /** The job that the second step of the press is to start, stored before that step is sent. */
  secondStepJobid: z.string().exactOptional(),
});
export type PressWork = z.infer<typeof PressWork>;

/** Pictures that are sent instead of words. */
const SubmitPictures = z.discriminatedUnion('verb', [
  z.object({ verb: z.literal('describe'), url: z.string() }),
  z.object({
    verb: z.literal('blend'),
    urls: z.array(z.string()).readonly(),
    shape: z.enum(['Portrait', 'Square', 'Landscape']).exactOptional(),
  }),
]);
export type SubmitPictures = z.infer<typeof SubmitPictures>;

const SubmitWork = z.object({
  kind: z.literal('submit'),
  /** With `pictures` it only names what was asked for. */
  prompt: z.string(),
  pictures: SubmitPictures.exactOptional(),
  /** The list on which the job will stand. */
  board: z.string(),
  apiChannel: z.string().exactOptional(),
});
export type SubmitWork = z.infer<typeof SubmitWork>;

const Place = z.object({
  channelId: z.string(),
  /** The message that the new job's card answers. */
  replyTo: z.string().exactOptional(),
});
/** Where people are shown what came of a submission. */
export type Place = z.infer<typeof Place>;

/**
 * One request to spend money, stored before anything is sent. `waiting`: not sent, has its place in the waiting line.
 * `sending`: sent, or about to be; found so after a crash it becomes `unknown`. `unknown`: sent, and what became of
 * it is not known. `done`: made a job. `existing`: the job was there. `refused`, `failed`: made none. `cancelled`:
 * cancelled while waiting.
 */
export const SubmissionState = z.enum([
  'waiting',
  'sending',
  'unknown',
  'done',
  'existing',
  'refused',
  'failed',
  'cancelled',
]);
export type SubmissionState = z.infer<typeof SubmissionState>;

const Fields = z.object({
  /** Also the `replyRef` that is sent along, so that the job can be recognized by it. */
  id: z.string(),
  state: SubmissionState,
  guildId: z.string(),
  userId: z.string(),
  askedAt: z.number(),
  sentAt: z.number().exactOptional(),
  endedAt: z.number().exactOptional(),
  /** Grows with each submission and turn in the waiting line; the member with the lowest is next. */
  turn: z.number(),
  /** Whether it has been in the waiting line. */
  hasWaited: z.boolean(),
  /** What was asked, such as the interaction's id; what was spent for the submission goes by it. */
  requestId: z.string().exactOptional(),
  place: Place.exactOptional(),
  /** Version 0.2 called the board of a prompt `version`. */
  work: withRenamedField(z.discriminatedUnion('kind', [PressWork, SubmitWork]), 'version', 'board'),
  /** The job that came of it. */
  childRef: z.string().exactOptional(),
  /** Why it was refused or failed, for people. */
  reason: z.string().exactOptional(),
  /** The submission by which it was tried again on purpose. */
  againId: z.string().exactOptional(),
});
/** Times are epoch milliseconds. Version 0.2 called `requestId` `wishId`. */
export const Submission = withRenamedField(Fields, 'wishId', 'requestId');
export type Submission = z.infer<typeof Submission>;
export type PressSubmission = Submission & { readonly work: PressWork };

export function isPressSubmission(submission: Submission): submission is PressSubmission {
  return submission.work.kind === 'press';
}

/** Whether something of the submission is left to do or to find out. */
export function isOpenSubmission(submission: Submission): boolean {
  return submission.state === 'waiting' || submission.state === 'sending' || submission.state === 'unknown';
}

/** An id of sixteen letters and digits, the same for the same `seed`; without one, a new one. */
export function toSubmissionId(seed?: string): string {
  const bytes = seed === undefined ? randomBytes(32) : createHash('sha256').update(seed).digest();
  return `a${bytes.toString('hex').slice(0, 15)}`;
}

/** A submission that has ended needs its drawing no more. */
export function withoutMask(submission: Submission): Submission {
  if (submission.work.kind !== 'press') return submission;
  const { mask: _, ...work } = submission.work;
  return { ...submission, work };
}

/** Whose job comes of it, and where its card is to be. */
export function toOrigin({ guildId, userId, place }: Submission): JobOrigin {
  return { guildId, userId, ...compact({ channelId: place?.channelId }) };
}
