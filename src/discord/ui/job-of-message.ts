import { UserError } from '../../shared/errors.ts';
import type { SourceMessage } from '../core/source-message.ts';
import { refreshJob } from './show-controls.ts';
import { uiWords } from './words.ts';

/**
 * The job that a message of the bot is about.
 * @throws UserError for messages of others, and where no job is spoken of.
 */
export function refOf({ authorId, customIds }: SourceMessage, botId: string | undefined): string {
  const [ref] = customIds.flatMap((customId) => refreshJob.parse(customId)?.ref ?? []);
  if (authorId !== botId || ref === undefined) throw new UserError('no-card', uiWords.noCard);
  return ref;
}
