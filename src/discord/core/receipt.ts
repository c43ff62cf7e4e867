import { PostError } from '../../notifications/delivery/channel-poster.ts';
import { postWords } from './words.ts';

const SNOWFLAKE = /^\d{1,20}$/;

/** The id of what Discord says it made; `undefined` where its answer does not say. */
export function readId(answer: unknown): string | undefined {
  const id: unknown = typeof answer === 'object' && answer !== null && 'id' in answer ? answer.id : undefined;
  return typeof id === 'string' && SNOWFLAKE.test(id) ? id : undefined;
}

/**
 * What Discord says it made: a message, thread or channel with an id. Success with anything else is a doubt.
 * @throws PostError
 */
export function requireReceipt(answer: unknown): { readonly id: string } {
  const id = readId(answer);
  if (id !== undefined) return { id };
  throw new PostError('retry', postWords.unclear, { answerCode: 200, isDoubtful: true });
}
