import { z } from 'zod';
import type { MidjourneyWorld } from '../midjourney/midjourney-world.ts';

/** Which server it is. */
export const MjFlavour = z.enum(['trueai', 'novicezk', 'new-api']);
export type MjFlavour = z.infer<typeof MjFlavour>;

/** One switch per behaviour in which such servers differ, or that is reported of some of them. */
export const MjSwitches = z.object({
  flavour: MjFlavour,
  /** Language of descriptions and reasons. */
  language: z.enum(['zh', 'en']),
  /** How an unknown task is answered: as the flavour does, or as another one. */
  missingTask: z.enum(['as-flavour', '204', 'empty', 'code-4']),
  /** Status of a task that was just made. */
  youngStatus: z.enum(['NOT_START', 'SUBMITTED', '']),
  /** Tasks stay in SUBMITTED although they go on. */
  staysSubmitted: z.boolean(),
  /** How progress is written. */
  progress: z.enum(['percent', 'empty', 'missing']),
  /** `null`: no task lists its buttons. */
  buttons: z.enum(['listed', 'null']),
  /** Which presses take a second step: those that need a prompt or a mask, all (as with Remix), or none. */
  secondStep: z.enum(['needy', 'all', 'none']),
  /** Whether a task's single pictures are named by objects or by bare addresses. */
  imageUrls: z.enum(['objects', 'texts']),
  /** Host in a task's addresses: its own, or a loopback one of its own machine. */
  mediaHost: z.enum(['own', 'loopback']),
  /** Milliseconds after the end until a task names its files. */
  mediaLateMs: z.number().int().min(0).max(600_000),
  /** Whether ids are texts or numbers. */
  ids: z.enum(['text', 'number']),
  /** What a cancel does; all but `works` leave the task as it is. */
  cancel: z.enum(['works', 'nothing', 'forbidden']),
  /** Whether tasks with a very long prompt ever end. */
  longPrompts: z.enum(['end', 'never-end']),
  /** Whether its account has a notice of moderators to confirm: until then every new task fails. */
  account: z.enum(['ready', 'awaits-confirmation']),
  /** What becomes of calls to `notifyHook`. */
  hooks: z.enum(['sent', 'lost', 'out-of-order']),
  /** What every submit is answered with. */
  submits: z.enum([
    'accepted',
    'queued',
    'queue-full',
    'limit',
    'queue-text',
    'no-account',
    'failed',
    'banned-word',
    'rate-limit',
    'no-result',
  ]),
});
export type MjSwitches = Readonly<z.infer<typeof MjSwitches>>;

export const defaultMjSwitches: MjSwitches = {
  flavour: 'trueai',
  language: 'zh',
  missingTask: 'as-flavour',
  youngStatus: 'NOT_START',
  staysSubmitted: false,
  progress: 'percent',
  buttons: 'listed',
  secondStep: 'needy',
  imageUrls: 'objects',
  mediaHost: 'own',
  mediaLateMs: 0,
  ids: 'text',
  cancel: 'works',
  longPrompts: 'end',
  account: 'ready',
  hooks: 'sent',
  submits: 'accepted',
};

/** The stand-in's state, with this dialect's switches. */
export type MjWorld = MidjourneyWorld<MjSwitches>;
