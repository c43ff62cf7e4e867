import { ApplicationCommandType, InteractionContextType } from 'discord.js';
import { UserError } from '../../shared/errors.ts';
import { parseCustomId } from './custom-id.ts';
import type { MessageCommand, MessageCommandCall } from './handlers.ts';

const NO_CARD =
  'That message is no card of one job of mine. Use this on a card with a **Refresh** button, or type `/job show`.';

/** The shape of a command in the context menu of messages, for Discord. */
export function toMessageCommandData(name: string): MessageCommand['data'] {
  return { type: ApplicationCommandType.Message, name, contexts: [InteractionContextType.Guild] };
}

/** The job that a message of ours is about. @throws UserError for messages of others, and where no single job is spoken of. */
export function refOf({ target, services }: Pick<MessageCommandCall, 'target' | 'services'>): string {
  const isOwn = target.authorId === services.directory.ownId();
  const refs = target.customIds
    .map(parseCustomId)
    .flatMap(({ name, args }) => (name === 'job-refresh' ? (args[0] ?? []) : []));
  const [ref] = refs;
  if (!isOwn || ref === undefined) throw new UserError('no-card', NO_CARD);
  return ref;
}
