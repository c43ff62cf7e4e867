import { AppError } from '../../../src/shared/errors.ts';

/** What a person tried and Discord's own client would not have sent. */
export type PersonErrorCode =
  | 'unknown-channel'
  | 'unknown-command'
  | 'unknown-message'
  | 'unknown-component'
  | 'disabled-component'
  | 'not-allowed'
  | 'unknown-option'
  | 'missing-option'
  | 'invalid-option'
  | 'invalid-value'
  | 'no-modal';

/** Refused before anything was sent to the bot; the message says why in the person's words. */
export class PersonError extends AppError {
  readonly reason: PersonErrorCode;

  constructor(reason: PersonErrorCode, message: string) {
    super(reason, message);
    this.reason = reason;
  }
}
