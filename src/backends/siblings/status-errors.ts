import { compact } from '../../shared/compact.ts';
import { type BackendError, RejectedPromptError } from '../backend-errors.ts';
import { type AnswerContext, type RawAnswer, toFacts, toStatusError } from '../http/answers.ts';
import { withoutEmails } from './wire-fields.ts';

/** As at useapi's Midjourney API; what a refusal says may name the account, which stays out. */
export function toSiblingStatusError(answer: RawAnswer, context: AnswerContext): BackendError {
  const error = toStatusError(answer, context);
  if (!(error instanceof RejectedPromptError)) return error;
  const says = { error: withoutEmails(error.error), errorDetails: withoutEmails(error.errorDetails) };
  return new RejectedPromptError(toFacts(answer, context), compact(says));
}
