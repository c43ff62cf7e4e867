import * as spec from 'discord-api-spec/zod';
import { z } from 'zod';
import { list } from './json-rules.ts';
import { at, type PayloadProblem, type Problems, problem } from './problem-rules.ts';
import { parseWith, type SpecSchema } from './schema-rules.ts';

/** One route's answer: a body of one of these schemas, a list of such bodies, or no body. */
type Answer = { readonly one: readonly SpecSchema[] } | { readonly listOf: readonly SpecSchema[] } | 'nothing';

const one = (...schemas: SpecSchema[]): Answer => ({ one: schemas });
const listOf = (...schemas: SpecSchema[]): Answer => ({ listOf: schemas });
const CHANNELS = [
  spec.GuildChannelResponseSchema,
  spec.ThreadResponseSchema,
  spec.PrivateChannelResponseSchema,
] as const;
const message = one(spec.MessageResponseSchema);
const webhook = one(spec.GuildIncomingWebhookResponseSchema);
const emoji = one(spec.EmojiResponseSchema);
const command = one(spec.ApplicationCommandResponseSchema);
const commands = listOf(spec.ApplicationCommandResponseSchema);

const REACTIONS = '/channels/{channel_id}/messages/{message_id}/reactions';

const ErrorsHere = z.array(z.object({ code: z.string(), message: z.string() })).min(1);
const FormErrors: z.ZodType = z.lazy(() => z.record(z.string(), z.union([ErrorsHere, FormErrors])));
/**
 * An error as the documentation shows it: the published schema wants numbers as inner codes, where Discord sends words.
 */
const Refusal = z.object({ code: z.number(), message: z.string(), errors: FormErrors.optional() });

/** The routes a bot uses and what Discord answers there. */
const ANSWERS: Readonly<Record<string, Answer>> = {
  'GET /gateway': one(spec.GatewayResponseSchema),
  'GET /gateway/bot': one(spec.GatewayBotResponseSchema),
  'GET /users/@me': one(spec.UserPIIResponseSchema),
  'GET /users/{user_id}': one(spec.UserResponseSchema),
  'POST /users/@me/channels': one(spec.PrivateChannelResponseSchema),
  'GET /applications/@me': one(spec.PrivateApplicationResponseSchema),
  'GET /oauth2/applications/@me': one(spec.PrivateApplicationResponseSchema),
  'GET /applications/{application_id}/commands': commands,
  'PUT /applications/{application_id}/commands': commands,
  'POST /applications/{application_id}/commands': command,
  'PATCH /applications/{application_id}/commands/{command_id}': command,
  'DELETE /applications/{application_id}/commands/{command_id}': 'nothing',
  'GET /applications/{application_id}/guilds/{guild_id}/commands': commands,
  'PUT /applications/{application_id}/guilds/{guild_id}/commands': commands,
  'POST /applications/{application_id}/guilds/{guild_id}/commands': command,
  'PATCH /applications/{application_id}/guilds/{guild_id}/commands/{command_id}': command,
  'DELETE /applications/{application_id}/guilds/{guild_id}/commands/{command_id}': 'nothing',
  'GET /guilds/{guild_id}': one(spec.GuildWithCountsResponseSchema),
  'GET /guilds/{guild_id}/channels': listOf(...CHANNELS),
  'GET /guilds/{guild_id}/roles': listOf(spec.GuildRoleResponseSchema),
  'GET /guilds/{guild_id}/members/@me': one(spec.PrivateGuildMemberResponseSchema),
  'GET /guilds/{guild_id}/members/{user_id}': one(spec.GuildMemberResponseSchema),
  'GET /guilds/{guild_id}/threads/active': one(spec.ThreadsResponseSchema),
  'GET /channels/{channel_id}/threads/archived/public': one(spec.ThreadsResponseSchema),
  'GET /channels/{channel_id}/threads/archived/private': one(spec.ThreadsResponseSchema),
  'GET /channels/{channel_id}/users/@me/threads/archived/private': one(spec.ThreadsResponseSchema),
  'PUT /channels/{channel_id}/thread-members/@me': 'nothing',
  'DELETE /channels/{channel_id}/thread-members/@me': 'nothing',
  'GET /channels/{channel_id}': one(...CHANNELS),
  'PATCH /channels/{channel_id}': one(...CHANNELS),
  'DELETE /channels/{channel_id}': one(...CHANNELS),
  'POST /channels/{channel_id}/typing': 'nothing',
  'POST /channels/{channel_id}/threads': one(spec.CreatedThreadResponseSchema),
  'GET /channels/{channel_id}/messages': listOf(spec.MessageResponseSchema),
  'POST /channels/{channel_id}/messages': message,
  'GET /channels/{channel_id}/messages/{message_id}': message,
  'PATCH /channels/{channel_id}/messages/{message_id}': message,
  'DELETE /channels/{channel_id}/messages/{message_id}': 'nothing',
  'POST /channels/{channel_id}/messages/{message_id}/threads': one(spec.ThreadResponseSchema),
  'GET /channels/{channel_id}/messages/pins': one(spec.PinnedMessagesResponseSchema),
  'PUT /channels/{channel_id}/messages/pins/{message_id}': 'nothing',
  'DELETE /channels/{channel_id}/messages/pins/{message_id}': 'nothing',
  'GET /channels/{channel_id}/pins': listOf(spec.MessageResponseSchema),
  'PUT /channels/{channel_id}/pins/{message_id}': 'nothing',
  'DELETE /channels/{channel_id}/pins/{message_id}': 'nothing',
  'POST /channels/{channel_id}/messages/bulk-delete': 'nothing',
  [`PUT ${REACTIONS}/{emoji_name}/@me`]: 'nothing',
  [`DELETE ${REACTIONS}/{emoji_name}/@me`]: 'nothing',
  [`DELETE ${REACTIONS}/{emoji_name}/{user_id}`]: 'nothing',
  [`GET ${REACTIONS}/{emoji_name}`]: listOf(spec.UserResponseSchema),
  [`DELETE ${REACTIONS}/{emoji_name}`]: 'nothing',
  [`DELETE ${REACTIONS}`]: 'nothing',
  'GET /applications/{application_id}/emojis': one(spec.ListApplicationEmojisResponseSchema),
  'POST /applications/{application_id}/emojis': emoji,
  'GET /applications/{application_id}/emojis/{emoji_id}': emoji,
  'PATCH /applications/{application_id}/emojis/{emoji_id}': emoji,
  'DELETE /applications/{application_id}/emojis/{emoji_id}': 'nothing',
  'POST /interactions/{interaction_id}/{interaction_token}/callback': one(spec.InteractionCallbackResponseSchema),
  'POST /channels/{channel_id}/webhooks': webhook,
  'GET /channels/{channel_id}/webhooks': listOf(spec.GuildIncomingWebhookResponseSchema),
  'GET /guilds/{guild_id}/webhooks': listOf(spec.GuildIncomingWebhookResponseSchema),
  'GET /webhooks/{webhook_id}': webhook,
  'PATCH /webhooks/{webhook_id}': webhook,
  'DELETE /webhooks/{webhook_id}': 'nothing',
  'GET /webhooks/{webhook_id}/{webhook_token}': webhook,
  'PATCH /webhooks/{webhook_id}/{webhook_token}': webhook,
  'DELETE /webhooks/{webhook_id}/{webhook_token}': 'nothing',
  'POST /webhooks/{webhook_id}/{webhook_token}': message,
  'GET /webhooks/{webhook_id}/{webhook_token}/messages/{message_id}': message,
  'PATCH /webhooks/{webhook_id}/{webhook_token}/messages/{message_id}': message,
  'DELETE /webhooks/{webhook_id}/{webhook_token}/messages/{message_id}': 'nothing',
};

/**
 * Checks an answer of the Discord stand-in against the schema that Discord publishes for it.
 * `route` is `METHOD /path`, as a template of `ANSWERS` or with real ids, with or without `/api/v10`; no `body`
 * means an empty one.
 */
export function checkAnswer(route: string, body: unknown, status = 200): readonly PayloadProblem[] {
  const answer = findAnswer(route);
  if (answer === undefined) return [problem('', 'ROUTE_UNKNOWN', `No answer is known for ${route}`)];
  if (status === 429) return [...parseWith(spec.RatelimitedResponseSchema, body)];
  if (status >= 400) return [...parseWith(Refusal, body)];
  if (status === 204 || answer === 'nothing') return [...checkNothing(body)];
  return [...('one' in answer ? checkOneOf(answer.one, body) : checkListOf(answer.listOf, body))];
}

function findAnswer(route: string): Answer | undefined {
  const [method = '', rawPath = ''] = route.split(' ');
  const path = decodeURIComponent(rawPath.replace(/^\/api(?:\/v\d+)?/, '').replace(/\?.*$/, ''));
  const exact = ANSWERS[`${method} ${path}`];
  if (exact !== undefined) return exact;
  const matching = Object.entries(ANSWERS).find(([template]) => toPattern(template).test(`${method} ${path}`));
  return matching?.[1];
}

function toPattern(template: string): RegExp {
  return new RegExp(`^${template.replace(/\{\w+\}/g, '[^/]+')}$`);
}

function* checkNothing(body: unknown): Problems {
  if (body !== undefined && body !== null && body !== '') yield problem('', 'BODY_NOT_EMPTY', 'No body is expected');
}

function* checkOneOf(schemas: readonly SpecSchema[], body: unknown): Problems {
  const results = schemas.map((schema) => [...parseWith(schema, body)]);
  yield* results.toSorted((a, b) => a.length - b.length)[0] ?? [];
}

function* checkListOf(schemas: readonly SpecSchema[], body: unknown): Problems {
  if (!Array.isArray(body)) yield problem('', 'LIST_TYPE_CONVERT', 'A list is expected');
  for (const [index, entry] of list(body).entries()) {
    for (const found of checkOneOf(schemas, entry)) yield { ...found, path: at(index, found.path) };
  }
}
