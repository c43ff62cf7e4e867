import { compact } from '../../../src/shared/compact.ts';
import { MessageFlag } from '../discord-numbers.ts';
import type { InteractionAnswers } from '../interactions/interaction-answers.ts';
import type { JsonObject } from '../json.ts';
import type { DiscordWorld } from '../world/discord-world.ts';
import type { InteractionRecord } from '../world/interaction-record.ts';
import { bodyOf, noContent, ok, paramOf, type RestCall, type RestHandler, type RestRoute } from './rest-call.ts';
import { WebhookMessages } from './webhook-message-routes.ts';

const WEBHOOK = '/webhooks/{webhook_id}/{webhook_token}';
const RESOURCE_TYPES: Readonly<Record<string, number>> = { message: 4, 'deferred-message': 5, update: 7 };

/** The routes with which the bot answers interactions. */
export function interactionRoutes(world: DiscordWorld, answers: InteractionAnswers): readonly RestRoute[] {
  const callback: RestRoute = {
    method: 'POST',
    path: '/interactions/{interaction_id}/{interaction_token}/callback',
    isOpen: true,
    changes: ({ params }) => answers.findChanged({ id: params['interaction_id'] ?? '', token: '' }),
    handle: (call) => {
      const id = paramOf(call, 'interaction_id');
      const record = answers.callback(id, paramOf(call, 'interaction_token'), bodyOf(call), call.files);
      return call.query.get('with_response') === 'true' ? ok(toCallbackResponse(world, record)) : noContent;
    },
  };
  return [callback, ...messageRoutes(world, answers)];
}

/** Discord uses the same routes for real webhooks, whose ids are not the application's. */
function messageRoutes(world: DiscordWorld, answers: InteractionAnswers): readonly RestRoute[] {
  const webhooks = new WebhookMessages(world);
  const isOwn = (params: RestCall['params']) => params['webhook_id'] === world.applicationId;
  const either = (own: RestHandler, others: RestHandler): RestHandler => {
    return (call) => (isOwn(call.params) ? own(call) : others(call));
  };
  const tokenOf = (call: RestCall) => paramOf(call, 'webhook_token');
  const idOf = (call: RestCall) => paramOf(call, 'message_id');
  const one = { path: `${WEBHOOK}/messages/{message_id}`, isOpen: true } as const;
  return [
    {
      method: 'POST',
      path: WEBHOOK,
      isOpen: true,
      handle: either(
        (call) => ok(answers.followUp(tokenOf(call), bodyOf(call), call.files).message),
        (call) => webhooks.execute(call),
      ),
    },
    {
      ...one,
      method: 'GET',
      handle: either(
        (call) => ok(answers.message(tokenOf(call), idOf(call)).message),
        (call) => webhooks.read(call),
      ),
    },
    {
      ...one,
      method: 'PATCH',
      changes: ({ params }) =>
        isOwn(params)
          ? answers.findChanged({ token: params['webhook_token'] ?? '', messageId: params['message_id'] ?? '' })
          : world.messages.get(params['message_id'] ?? ''),
      handle: either(
        (call) => ok(answers.edit(tokenOf(call), idOf(call), bodyOf(call), call.files).message),
        (call) => webhooks.edit(call),
      ),
    },
    {
      ...one,
      method: 'DELETE',
      handle: either(
        (call) => {
          answers.delete(tokenOf(call), idOf(call));
          return noContent;
        },
        (call) => webhooks.delete(call),
      ),
    },
  ];
}

function toCallbackResponse(world: DiscordWorld, record: InteractionRecord): JsonObject {
  const message = world.messages.get(record.originalMessageId ?? '')?.message;
  const type = RESOURCE_TYPES[record.firstAnswer ?? ''];
  const { start } = record;
  const about = {
    id: start.id,
    type: start.kind,
    channel_id: start.channelId,
    ...compact({ guild_id: start.guildId }),
  };
  if (message === undefined) return { interaction: about };
  const flags = message.flags ?? 0;
  const interaction = {
    ...about,
    response_message_id: message.id,
    response_message_loading: (flags & MessageFlag.Loading) !== 0,
    response_message_ephemeral: (flags & MessageFlag.Ephemeral) !== 0,
  };
  return type === undefined ? { interaction } : { interaction, resource: { type, message } };
}
