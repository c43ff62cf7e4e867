import { type APIButtonComponent, ButtonStyle, ComponentType } from 'discord.js';
import { PostError } from '../../notifications/delivery/channel-poster.ts';
import { isSettled } from '../../notifications/delivery/post-record.ts';
import type { Sender } from '../../notifications/delivery/sender.ts';
import type { GreetingTask } from '../../notifications/greetings.ts';
import { TagDefinition } from '../core/control.ts';
import { required } from '../core/control-args.ts';
import type { DirectMessages } from '../core/direct-messages.ts';
import { toPostError } from '../core/discord-errors.ts';
import type { GuildDirectory } from '../core/guild-directory.ts';
import type { MessageMaker, NoticeMessage } from '../core/message-maker.ts';
import type { OutgoingMessage } from '../core/outgoing.ts';
import { container, row, text } from '../ui/blocks.ts';
import { COLORS } from '../ui/notices.ts';
import { openSetup } from './setup-controls.ts';
import { GREETING, greetingForOwner } from './words.ts';

/** `server` has the server's name. */
export type GreetingNotice =
  | { readonly kind: 'channel' }
  | { readonly kind: 'owner'; readonly guildId: string; readonly server: string };

/** Discord has just named the channel: that it is unknown passes. */
const UNKNOWN_CHANNEL = 10003;

const greetingTag = new TagDefinition({ name: 'greeting-tag', args: { deliveryId: required } });

/** Makes the greeting. */
export class GreetingMessages implements MessageMaker<GreetingNotice> {
  async make(notice: GreetingNotice, { deliveryId }: { readonly deliveryId: string }): Promise<NoticeMessage> {
    const message = notice.kind === 'channel' ? toGreeting(deliveryId) : toOwnerGreeting(notice, deliveryId);
    return { message, release: () => undefined };
  }

  toTitle(): string {
    return GREETING.title;
  }

  toFollowedJob(): undefined {
    return undefined;
  }
}

export interface GreetingPostsOptions {
  readonly sender: Sender<GreetingNotice>;
  readonly direct: Pick<DirectMessages, 'openChannel'>;
  readonly directory: Pick<GuildDirectory, 'channel' | 'guildName'>;
}

/** Greets servers: in the channel where Discord greets too, or else its owner. */
export class GreetingPosts {
  readonly #options: GreetingPostsOptions;

  constructor(options: GreetingPostsOptions) {
    this.#options = options;
  }

  /** Listens to `Greetings.start`. Rejects where another try is worth it. */
  readonly post = async (task: GreetingTask, signal: AbortSignal): Promise<void> => {
    if (await this.#postInChannel(task, signal)) return;
    await this.#postToOwner(task, signal);
  };

  /** Whether it is there. */
  async #postInChannel({ guildId, channelId }: GreetingTask, signal: AbortSignal): Promise<boolean> {
    if (channelId === undefined) return false;
    const key = `greeting:${guildId}`;
    const isSure = (await this.#options.sender.read(key)).tries === 0;
    if (isSure && (this.#options.directory.channel(guildId, channelId)?.missing.length ?? 1) > 0) return false;
    try {
      return (await this.#send(key, { guildId, channelId, notice: { kind: 'channel' }, signal })) === 'posted';
    } catch (thrown) {
      if (isRefused(thrown)) return false;
      throw thrown;
    }
  }

  /** Ends where the owner takes no direct messages. */
  async #postToOwner({ guildId, ownerId }: GreetingTask, signal: AbortSignal): Promise<void> {
    const key = `greeting:${guildId}:owner`;
    const server = this.#options.directory.guildName(guildId) ?? GREETING.someServer;
    try {
      const channelId = await this.#options.direct.openChannel(ownerId);
      await this.#send(key, { guildId, channelId, notice: { kind: 'owner', guildId, server }, signal });
    } catch (thrown) {
      const error = thrown instanceof Error && thrown.name === 'RetryLater' ? thrown : toPostError(thrown);
      if (!isRefused(error) || error.answerCode === UNKNOWN_CHANNEL) throw error;
      await this.#giveUp(key, error.message);
    }
  }

  async #send(key: string, order: Omit<Parameters<Sender<GreetingNotice>['sendOnce']>[0], 'key' | 'isSilent'>) {
    return (await this.#options.sender.sendOnce({ ...order, key, isSilent: false })).state;
  }

  async #giveUp(key: string, why: string): Promise<void> {
    const record = await this.#options.sender.read(key);
    if (!isSettled(record)) await this.#options.sender.drop(key, record, 'given-up', why);
  }
}

/** Whether Discord will surely not have it there. */
function isRefused(thrown: unknown): thrown is PostError {
  return thrown instanceof PostError && !thrown.isDoubtful && ['target', 'gone'].includes(thrown.kind);
}

function toGreeting(deliveryId: string): OutgoingMessage {
  const open = openSetup.toButton({ deliveryId }, GREETING.open, { style: ButtonStyle.Primary });
  return { components: [container(COLORS.busy, [text(GREETING.channel), row(open)])] };
}

/** From direct messages nothing of a server can be clicked but a link. */
function toOwnerGreeting({ guildId, server }: Extract<GreetingNotice, { kind: 'owner' }>, deliveryId: string) {
  const link: APIButtonComponent = {
    type: ComponentType.Button,
    style: ButtonStyle.Link,
    label: GREETING.openServer,
    url: `https://discord.com/channels/${guildId}`,
  };
  const tag = greetingTag.toButton({ deliveryId }, GREETING.tag);
  return { components: [container(COLORS.busy, [text(greetingForOwner(server)), row(link, tag)])] };
}
