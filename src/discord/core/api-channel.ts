import { UserError } from '../../shared/errors.ts';
import { coreWords } from './words.ts';

const API_CHANNEL = /^[\w.-]{1,40}$/;

/** Whether a text can be the id of an API channel, and stand in a custom id. */
export function isApiChannel(text: string): boolean {
  return API_CHANNEL.test(text);
}

/** The API channel that a person typed. @throws UserError */
export function toApiChannel(text: string): string {
  const id = text.trim();
  if (isApiChannel(id)) return id;
  throw new UserError('api-channel-invalid', coreWords.badApiChannel);
}
