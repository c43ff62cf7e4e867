import { ControlDefinition } from '../core/control.ts';
import { optional, required } from '../core/control-args.ts';

/** One of the job's buttons on its card, named by the hash of its label. */
export const pressButton = new ControlDefinition({
  name: 'press',
  args: { ref: required, labelHash: required },
  requires: 'press',
  acknowledges: 'form-or-beside',
});

/**
 * The selects with the buttons that found no place, whose values are hashes of labels; `at` tells the selects apart.
 */
export const pressMore = new ControlDefinition({
  name: 'press-more',
  args: { ref: required, at: optional },
  requires: 'press',
  acknowledges: 'form-or-beside',
});

/** Remix…: the buttons of the job that take a prompt, to choose from. */
export const pressWithPrompt = new ControlDefinition({
  name: 'press-with',
  args: { ref: required },
  requires: 'press',
  acknowledges: 'beside',
});

/** Details: what else is known of the job, for whoever asks alone. */
export const showDetails = new ControlDefinition({
  name: 'job-details',
  args: { ref: required },
  requires: 'view',
  acknowledges: 'private',
});

/** Family: where the job comes from and what was made of it. */
export const showFamilyOf = new ControlDefinition({
  name: 'job-family',
  args: { ref: required },
  requires: 'view',
  acknowledges: 'private',
});

/** Share on a private card: posts it to the channel. */
export const shareJob = new ControlDefinition({
  name: 'share',
  args: { ref: required },
  requires: 'share',
  acknowledges: 'private',
});

/** The bell of a live card: one more member is mentioned at its end. */
export const notifyMe = new ControlDefinition({
  name: 'job-notify-me',
  args: { ref: required },
  requires: 'view',
  acknowledges: 'private',
});

/** Cancel on a card: asks first. Whose job it is decides who may, besides. */
export const cancelJob = new ControlDefinition({
  name: 'job-cancel',
  args: { ref: required },
  requires: 'view',
  acknowledges: 'private',
});
