import { z } from 'zod';
import type { MidjourneyWorld } from '../midjourney/midjourney-world.ts';

/** One switch per behaviour that the documentation of these services leaves open, or that they may have or not. */
export const SiblingSwitches = z.object({
  /** Under which name the list gives the id of a picture's job. */
  listIds: z.enum(['by-type', 'videoId', 'id']),
  /** Whether records carry the `replyRef` of their submit. */
  recordRefs: z.enum(['present', 'absent']),
  /** Where a record says why it failed. */
  reasons: z.enum(['error', 'message', 'nowhere']),
  /** How many pictures a submit makes that does not say it, each a job of its own where the service does so. */
  batch: z.number().int().min(1).max(4),
  /** Whether the account at the service has credits left. */
  credits: z.enum(['enough', 'none']),
  /** Whether a 429 says when to come back. */
  retryAfter: z.enum(['seconds', 'none']),
});
export type SiblingSwitches = Readonly<z.infer<typeof SiblingSwitches>>;

export const defaultSiblingSwitches: SiblingSwitches = {
  listIds: 'by-type',
  recordRefs: 'present',
  reasons: 'error',
  batch: 1,
  credits: 'enough',
  retryAfter: 'seconds',
};

/** The stand-in's state, with these services' switches. */
export type SiblingWorld = MidjourneyWorld<SiblingSwitches>;
