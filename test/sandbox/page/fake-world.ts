import type {
  PagePerson,
  PageWorld,
  SeenInteraction,
  WorldChange,
  WorldCommand,
  WorldFile,
  WorldMember,
  WorldMessage,
  WorldServer,
} from '../../../sandbox/page/server/page-world.ts';

export const OWNER = '100000000000000001';
export const MEMBER = '100000000000000002';
export const STRANGER = '100000000000000003';
export const BOT = '100000000000000009';
export const GENERAL = '200000000000000001';
export const STAFF = '200000000000000002';
export const ELSEWHERE = '200000000000000009';

const MEMBERS: readonly WorldMember[] = [
  { id: OWNER, name: 'Olga', note: 'owner', isBot: false, roleIds: ['400000000000000001'], color: 0xf1c40f },
  { id: MEMBER, name: 'Mika', isBot: false, roleIds: [] },
];
const OTHERS: readonly WorldMember[] = [{ id: STRANGER, name: 'Sam', note: 'other server', isBot: false, roleIds: [] }];
const THE_BOT: WorldMember = { id: BOT, name: 'useapi bot', isBot: true, roleIds: [] };

/** What a person did, as the world got it. */
export interface Deed {
  readonly userId: string;
  readonly what: string;
  readonly data: unknown;
}

/** A world held in memory: two servers, three people, and answers that the test decides. */
export class FakeWorld implements PageWorld {
  readonly deeds: Deed[] = [];
  readonly files = new Map<string, WorldFile>();
  readonly stored: { readonly channelId: string; message: WorldMessage; readonly onlyFor: string | undefined }[] = [];
  readonly commandList: WorldCommand[] = [];
  /** How the next interactions end. */
  answer: (deed: Deed) => Promise<SeenInteraction> = async () => ({ id: '9', state: 'answered', followUps: [] });
  choices: readonly { name: string; value: string | number }[] = [];
  readonly #listeners = new Set<(change: WorldChange) => void>();

  people(): readonly WorldMember[] {
    return [...MEMBERS, ...OTHERS];
  }

  locales(): readonly string[] {
    return ['de', 'en-US'];
  }

  servers(userId: string): readonly WorldServer[] {
    if (userId === STRANGER) return [aServer('Elsewhere', '300000000000000002', [[ELSEWHERE, 'lobby']], OTHERS)];
    if (MEMBERS.every((member) => member.id !== userId)) return [];
    const channels: [string, string][] = [[GENERAL, 'general']];
    if (userId === OWNER) channels.push([STAFF, 'staff']);
    return [aServer('Workshop', '300000000000000001', channels, MEMBERS)];
  }

  commands(): readonly WorldCommand[] {
    return this.commandList;
  }

  person(userId: string): PagePerson | undefined {
    if (this.people().every((member) => member.id !== userId)) return undefined;
    const interact = (what: string, data: unknown) => {
      const deed = { userId, what, data };
      this.deeds.push(deed);
      return this.answer(deed);
    };
    return {
      userId,
      command: (channelId, command) => interact('command', { channelId, command }),
      press: (messageId, customId) => interact('press', { messageId, customId }),
      select: (messageId, customId, values) => interact('select', { messageId, customId, values }),
      submit: (interactionId, values) => interact('submit', { interactionId, values }),
      messageCommand: (messageId, name) => interact('messageCommand', { messageId, name }),
      messages: (channelId) => this.#messagesOf(userId, channelId),
      userCommand: (channelId, targetId, name) => interact('userCommand', { channelId, targetId, name }),
      setLocale: (locale) => void interact('setLocale', { locale }),
      dismiss: (messageId) => void interact('dismiss', { messageId }),
      send: (channelId, content) => {
        void interact('send', { channelId, content });
        return aMessage({ channel_id: channelId, content });
      },
      autocomplete: async (channelId, command, focused) => {
        this.deeds.push({ userId, what: 'autocomplete', data: { channelId, command, focused } });
        return this.choices;
      },
    };
  }

  async file(path: string): Promise<WorldFile | undefined> {
    return this.files.get(path);
  }

  subscribe(listener: (change: WorldChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  get listenerCount(): number {
    return this.#listeners.size;
  }

  emit(change: WorldChange): void {
    for (const listener of this.#listeners) listener(change);
  }

  /** Puts a message into a channel, or a newer state of it, and notifies everyone. */
  post(channelId: string, message: WorldMessage, onlyFor?: string): void {
    const known = this.stored.find((entry) => entry.message.id === message.id);
    if (known === undefined) this.stored.push({ channelId, message, onlyFor });
    else known.message = message;
    this.emit({ kind: 'message', channelId, message, onlyFor });
  }

  #messagesOf(userId: string, channelId: string): readonly WorldMessage[] {
    const here = this.stored.filter((entry) => entry.channelId === channelId);
    const seen = here.filter((entry) => entry.onlyFor === undefined || entry.onlyFor === userId);
    return seen.map((entry) => entry.message);
  }
}

function aServer(
  name: string,
  id: string,
  channels: readonly (readonly [string, string])[],
  members: readonly WorldMember[],
): WorldServer {
  return {
    id,
    name,
    channels: channels.map(([channelId, channelName]) => ({ id: channelId, name: channelName, type: 0 })),
    members: [...members, THE_BOT],
    roles: [{ id: '400000000000000001', name: 'Moderators', color: 0xf1c40f }],
  };
}

let lastId = 500000000000000000n;

/** A message by the bot, with the given fields on top. */
export function aMessage(over: Readonly<Record<string, unknown>> = {}): WorldMessage {
  lastId += 1n;
  const message = {
    id: `${lastId}`,
    channel_id: GENERAL,
    type: 0,
    author: { id: BOT, username: 'useapi bot', global_name: null, discriminator: '0', avatar: null, bot: true },
    content: '',
    timestamp: '2026-01-01T12:00:00.000Z',
    edited_timestamp: null,
    tts: false,
    mention_everyone: false,
    mentions: [],
    mention_roles: [],
    attachments: [],
    embeds: [],
    pinned: false,
    flags: 0,
    ...over,
  };
  return message as WorldMessage;
}
