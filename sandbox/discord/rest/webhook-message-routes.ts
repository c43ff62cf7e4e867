import { apiError, DiscordApiError, requireSnowflake } from '../api-error.ts';
import { ChannelKind, MessageKind } from '../discord-numbers.ts';
import { type JsonObject, toText } from '../json.ts';
import { checkPayload, toInvalidFormBody } from '../rules/payload-rules.ts';
import type { DiscordWorld } from '../world/discord-world.ts';
import { createMessage, editMessage } from '../world/messages.ts';
import type { Webhook } from '../world/webhook-book.ts';
import type { StoredMessage, WorldChannel } from '../world/world-records.ts';
import { bodyOf, noContent, ok, paramOf, type RestCall, type RestReply } from './rest-call.ts';
import { addThread } from './thread-routes.ts';
import { requireName, requireToken } from './webhook-routes.ts';

/** What a webhook does with messages; interactions use the same routes with the application's own id. */
export class WebhookMessages {
  readonly #world: DiscordWorld;

  constructor(world: DiscordWorld) {
    this.#world = world;
  }

  /** Sends a message; without `wait` nobody hears of it. */
  execute(call: RestCall): RestReply {
    const webhook = requireToken(this.#world, call);
    const body = bodyOf(call);
    const problems = checkPayload('webhook-execute', body);
    if (problems.length > 0)
      throw new DiscordApiError(400, 50035, 'Invalid Form Body', toInvalidFormBody(problems).errors);
    const name = body['username'] === undefined ? webhook.name : requireName('username', body['username']);
    const { message } = this.#send(webhook, call, name);
    return call.query.get('wait') === 'true' ? ok(message) : noContent;
  }

  read(call: RestCall): RestReply {
    return ok(this.#require(call).message);
  }

  edit(call: RestCall): RestReply {
    const stored = this.#require(call);
    if (this.#world.channels.get(stored.message.channel_id)?.thread?.archived) throw apiError('archivedThread');
    return ok(editMessage(this.#world, stored, bodyOf(call), call.files).message);
  }

  delete(call: RestCall): RestReply {
    this.#world.messages.delete(this.#require(call).message.id);
    return noContent;
  }

  #send(webhook: Webhook, call: RestCall, username: string): StoredMessage {
    const world = this.#world;
    const body = bodyOf(call);
    const place = this.#toPlace(webhook, call, body);
    const author = { id: webhook.id, username, discriminator: '0000', bot: true };
    const draft = {
      authorId: webhook.id,
      type: MessageKind.Default,
      body,
      uploads: call.files,
      extra: {
        author: { ...author, avatar: null, global_name: null, public_flags: 0, flags: 0, primary_guild: null },
        webhook_id: webhook.id,
        application_id: world.applicationId,
      },
    };
    if (place !== undefined) return createMessage(world, { ...draft, channel: place });
    return this.#openPost(webhook, body, (post) => createMessage(world, { ...draft, channel: post, id: post.id }));
  }

  /** Where it goes; `undefined` for a new post of a forum. */
  #toPlace(webhook: Webhook, call: RestCall, body: JsonObject): WorldChannel | undefined {
    const { channels } = this.#world;
    const threadId = call.query.get('thread_id');
    const channel = channels.get(webhook.channelId);
    const isForum = channel?.type === ChannelKind.Forum;
    const hasName = body['thread_name'] !== undefined;
    if (hasName && threadId !== null) throw apiError('webhookThreadTwice');
    if (hasName && !isForum) throw apiError('webhookThreadOutsideForum');
    if (isForum && !hasName && threadId === null) throw apiError('webhookWithoutThread');
    if (threadId === null) return hasName ? undefined : channel;
    requireSnowflake('thread_id', threadId);
    const thread = channels.get(threadId);
    if (thread?.thread === undefined || thread.parentId !== webhook.channelId) throw apiError('unknownChannel');
    if (!thread.thread.archived) return thread;
    return this.#world.updateThread(threadId, { archived: false });
  }

  #openPost(webhook: Webhook, body: JsonObject, write: (post: WorldChannel) => StoredMessage): StoredMessage {
    const forum = this.#world.channels.get(webhook.channelId);
    if (forum === undefined) throw apiError('unknownChannel');
    const named = { ...body, name: toText(body['thread_name']) };
    const post = addThread(this.#world, forum, this.#world.ids.next(), ChannelKind.PublicThread, named);
    try {
      return write(post);
    } catch (thrown) {
      this.#world.deleteChannel(post.id);
      throw thrown;
    }
  }

  /** A message that this webhook sent, in the thread that is named; otherwise 10008. */
  #require(call: RestCall): StoredMessage {
    const webhook = requireToken(this.#world, call);
    const stored = this.#world.messages.get(paramOf(call, 'message_id'));
    const channelId = call.query.get('thread_id') ?? webhook.channelId;
    const isOwn = stored?.message.webhook_id === webhook.id && stored.message.channel_id === channelId;
    if (stored === undefined || !isOwn) throw apiError('unknownMessage');
    return stored;
  }
}
