import { PostError } from '../../notifications/delivery/channel-poster.ts';

const SNOWFLAKE = /^\d{1,20}$/;

/**
 * What Discord says it made: a message, thread or channel with an id. Success with anything else is a doubt.
 * @throws PostError
 */
export function requireReceipt(answer: unknown): { readonly id: string } {
  const id: unknown = typeof answer === 'object' && answer !== null && 'id' in answer ? answer.id : undefined;
  if (typeof id === 'string' && SNOWFLAKE.test(id)) return { id };
  throw new PostError('retry', 'Discord’s answer does not say what it made', { answerCode: 200, isDoubtful: true });
}
