import { encodeCustomId } from '../core/custom-id.ts';
import { button, row } from './blocks.ts';

/** Names a job where nothing can be pressed, as in a direct message; carries the delivery id, so that the message can be found again. */
export function toJobTag(ref: string, deliveryId: string) {
  return row(button(encodeCustomId('job-tag', ref, deliveryId), `Job ${ref}`, { isDisabled: true }));
}
