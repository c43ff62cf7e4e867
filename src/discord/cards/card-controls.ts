import { ControlDefinition } from '../core/control.ts';
import { optional, required } from '../core/control-args.ts';

/** One of the job's buttons on its card, named by the hash of its label. */
export const pressButton = new ControlDefinition({
  name: 'press',
  args: { ref: required, labelHash: required },
  requires: 'press',
  acknowledges: 'form-or-beside',
});

/** The selects with the buttons that found no place, whose values are hashes of labels; `at` tells the selects apart. */
export const pressMore = new ControlDefinition({
  name: 'press-more',
  args: { ref: required, at: optional },
  requires: 'press',
  acknowledges: 'form-or-beside',
});

/** With prompt…: all buttons of the job to choose from. */
export const pressWithPrompt = new ControlDefinition({
  name: 'press-with',
  args: { ref: required },
  requires: 'press',
  acknowledges: 'beside',
});

/** Share on a private card: posts it to the channel. */
export const shareJob = new ControlDefinition({
  name: 'share',
  args: { ref: required },
  requires: 'share',
  acknowledges: 'private',
});

/** Cancel on a card: asks first. Whose job it is decides who may, besides. */
export const cancelJob = new ControlDefinition({
  name: 'job-cancel',
  args: { ref: required },
  requires: 'view',
  acknowledges: 'private',
});
