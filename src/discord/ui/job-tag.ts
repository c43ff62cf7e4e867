import { TagDefinition } from '../core/control.ts';
import { required } from '../core/control-args.ts';
import { row } from './blocks.ts';

const jobTag = new TagDefinition({ name: 'job-tag', args: { ref: required, deliveryId: required } });

/**
 * Names a job where nothing can be pressed, as in a direct message; carries the delivery id, so that the message can be
 * found again.
 */
export function toJobTag(ref: string, deliveryId: string) {
  return row(jobTag.toButton({ ref, deliveryId }, `Job ${ref}`));
}
