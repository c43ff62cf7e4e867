import { createHash, randomBytes } from 'node:crypto';
import { z } from 'zod';

const PressWork = z.object({
  kind: z.literal('press'),
  /** Of the job whose button it is. */
  ref: z.string(),
  jobid: z.string(),
  /** As the job spells it. */
  label: z.string(),
  prompt: z.string().exactOptional(),
  /** Base64 PNG; dropped when the act has ended. */
  mask: z.string().exactOptional(),
  /** Children that the job had before. */
  childrenBefore: z.array(z.string()).readonly(),
});
export type PressWork = z.infer<typeof PressWork>;

const SubmitWork = z.object({
  kind: z.literal('submit'),
  prompt: z.string(),
  version: z.enum(['v2', 'v3']),
  apiChannel: z.string().exactOptional(),
});
export type SubmitWork = z.infer<typeof SubmitWork>;

const Place = z.object({
  channelId: z.string(),
  /** The message that the new job's card answers. */
  replyTo: z.string().exactOptional(),
});
/** Where people are shown what came of an act. */
export type Place = z.infer<typeof Place>;

/**
 * One wish to spend money, stored before anything is sent. `waiting`: not sent, has its place in the waiting line.
 * `sending`: sent, or about to be; found so after a crash it becomes `unknown`. `unknown`: sent, and what became of
 * it is not known. `done`: made a job. `existing`: the job was there. `refused`, `failed`: made none. `cancelled`:
 * taken back while waiting.
 */
export const ActState = z.enum(['waiting', 'sending', 'unknown', 'done', 'existing', 'refused', 'failed', 'cancelled']);
export type ActState = z.infer<typeof ActState>;

/** Times are epoch milliseconds. */
export const Act = z.object({
  /** Also the `replyRef` that is sent along, so that the job can be told by it. */
  id: z.string(),
  state: ActState,
  guildId: z.string(),
  userId: z.string(),
  askedAt: z.number(),
  sentAt: z.number().exactOptional(),
  endedAt: z.number().exactOptional(),
  /** Grows with each act and turn in the waiting line; the member with the lowest is next. */
  turn: z.number(),
  /** Whether it has been in the waiting line. */
  hasWaited: z.boolean(),
  /** What was asked, such as the interaction's id; what was spent for the act goes by it. */
  wishId: z.string().exactOptional(),
  place: Place.exactOptional(),
  work: z.discriminatedUnion('kind', [PressWork, SubmitWork]),
  /** The job that came of it. */
  childRef: z.string().exactOptional(),
  /** Why it was refused or failed, for people. */
  reason: z.string().exactOptional(),
  /** The act by which it was tried again on purpose. */
  againId: z.string().exactOptional(),
});
export type Act = z.infer<typeof Act>;
export type PressAct = Act & { readonly work: PressWork };
export type SubmitAct = Act & { readonly work: SubmitWork };

export function isPressAct(act: Act): act is PressAct {
  return act.work.kind === 'press';
}

/** Whether something of the act is left to do or to find out. */
export function isOpenAct(act: Act): boolean {
  return act.state === 'waiting' || act.state === 'sending' || act.state === 'unknown';
}

/** An id of sixteen letters and digits, the same for the same `seed`; without one, a new one. */
export function toActId(seed?: string): string {
  const bytes = seed === undefined ? randomBytes(32) : createHash('sha256').update(seed).digest();
  return `a${bytes.toString('hex').slice(0, 15)}`;
}

/** An act that has ended needs its drawing no more. */
export function withoutMask(act: Act): Act {
  if (act.work.kind !== 'press') return act;
  const { mask: _, ...work } = act.work;
  return { ...act, work };
}
