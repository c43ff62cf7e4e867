import { ApplicationCommandType, InteractionContextType } from 'discord.js';
import { UserError } from '../../shared/errors.ts';
import { parseCustomId } from '../core/custom-id.ts';
import type { MessageCommand, MessageCommandCall } from '../core/handlers.ts';
import { explainJob } from '../notify/rule-controls.ts';
import { showJob } from './job-controls.ts';

const NO_CARD =
  'That message is no card of one job of mine. Use this on a card with a **Refresh** button, or type `/job show`.';

/** The card of the job that a message of ours is about. */
const jobDetails: MessageCommand = {
  data: toData('Job details'),
  async run({ caller, target, services, showProgress }) {
    services.permissions.requireAllowed('view', caller);
    return showJob(refOf({ target, services }), { caller, services, showProgress });
  },
};

/** Why a job was told, or was not. */
const explainNotification: MessageCommand = {
  data: toData('Explain notification'),
  run: ({ caller, target, services }) => explainJob(caller, refOf({ target, services }), services),
};

/** All commands in the context menu of messages. */
export const messageCommands: readonly MessageCommand[] = [jobDetails, explainNotification];

function toData(name: string): MessageCommand['data'] {
  return { type: ApplicationCommandType.Message, name, contexts: [InteractionContextType.Guild] };
}

/** @throws UserError for messages of others, and where no single job is spoken of. */
function refOf({ target, services }: Pick<MessageCommandCall, 'target' | 'services'>): string {
  const isOwn = target.authorId === services.directory.ownId();
  const refs = target.customIds
    .map(parseCustomId)
    .flatMap(({ name, args }) => (name === 'job-refresh' ? (args[0] ?? []) : []));
  const [ref] = refs;
  if (!isOwn || ref === undefined) throw new UserError('no-card', NO_CARD);
  return ref;
}
