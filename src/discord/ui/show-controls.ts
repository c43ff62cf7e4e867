import { ControlDefinition } from '../core/control.ts';
import { optional, required } from '../core/control-args.ts';
import { uiWords } from './words.ts';

/** Refresh on a card: reads the job again and edits the card. */
export const refreshJob = new ControlDefinition({
  name: 'job-refresh',
  args: { ref: required, deliveryId: optional, sharedBy: optional },
  requires: 'view',
  acknowledges: 'update',
});

/**
 * The select under a list, whose values are refs: opens a private card. The arguments tell the selects of a message
 * apart.
 */
export const openJob = new ControlDefinition({
  name: 'job-open',
  args: { list: optional, at: optional },
  requires: 'view',
  acknowledges: 'private',
});

/** Turns a message about a job into its card. */
export function toShowButton(ref: string) {
  return refreshJob.toButton({ ref }, uiWords.showJob);
}
