import { once } from 'node:events';
import {
  type APIActionRowComponent,
  type APIButtonComponent,
  type APIMessage,
  Events,
  MessageFlags,
  type RESTPostAPIChatInputApplicationCommandsJSONBody,
} from 'discord.js';
import type { FaultRule } from '../../sandbox/discord/discord-faults.ts';
import { type DiscordStandIn, startDiscordStandIn } from '../../sandbox/discord/discord-stand-in.ts';
import { createMessage } from '../../sandbox/discord/world/messages.ts';
import type { SeenInteraction } from '../../sandbox/discord/world/people.ts';
import { sandboxIds as ids } from '../../sandbox/discord/world/world-plan.ts';
import type { Answer } from '../../src/discord/core/answer.ts';
import { Bot } from '../../src/discord/core/bot.ts';
import type { Command, Control, Form } from '../../src/discord/core/handlers.ts';
import { Router, type RouterOptions } from '../../src/discord/router.ts';
import { toNoticeMessage } from '../../src/discord/ui/notices.ts';
import { type Clock, systemClock } from '../../src/shared/clock.ts';
import { silentLogger } from '../../src/shared/logger.ts';
import { ServedGuilds } from '../../src/shared/served-guilds.ts';

/** The real router and REST between the stand-in and handlers that always succeed. */
export interface InteractionRig extends AsyncDisposable {
  readonly discord: DiscordStandIn;
  readonly router: Router;
  /**
   * Does one kind of interaction while a fault strikes its requests; resolves with what the person has got in the end.
   */
  submission(kind: KindName, rule?: FaultRule): Promise<string>;
  /** Prepares one kind of interaction; what is returned does it. */
  prepare(kind: KindName): Promise<() => Promise<string>>;
  /** The same where the person gets nothing; resolves when the bot has given up. */
  lose(kind: KindName, rule: FaultRule): Promise<void>;
}

export const KIND_NAMES = [
  'command',
  'button',
  'button on a private message',
  'select',
  'form to open',
  'form to send in',
  'suggestions',
] as const;
export type KindName = (typeof KIND_NAMES)[number];

const ECHO: RESTPostAPIChatInputApplicationCommandsJSONBody = {
  name: 'echo',
  description: 'Says it is done',
  options: [{ type: 3, name: 'text', description: 'Anything', autocomplete: true }],
};

const done = (): Answer => ({ message: toNoticeMessage('Done') });
const withButton = (): Answer => ({ message: { components: [...done().message.components, toRow('beside')] } });
const requires = 'view';
const commands: readonly Command[] = [
  {
    data: ECHO,
    handlers: { echo: { requires, run: async () => withButton() } },
    autocomplete: { text: () => [{ name: 'Done', value: 'done' }] },
  },
];
const controls: readonly Control[] = [
  { name: 'update', requires, acknowledges: 'update', run: async () => done() },
  { name: 'beside', requires, acknowledges: 'beside', run: async () => done() },
  { name: 'pick', requires, acknowledges: 'private', run: async () => done() },
  {
    name: 'open',
    requires,
    acknowledges: 'form',
    open: () => ({
      custom_id: 'form',
      title: 'Done',
      components: [{ type: 18, label: 'Text', component: { type: 4, custom_id: 'text', style: 1 } }],
    }),
  },
];
const forms: readonly Form[] = [{ name: 'form', requires, acknowledges: 'private', run: async () => done() }];

/** Who may, and where it is logged that somebody may not; default: everybody may. */
export type RigRules = Pick<RouterOptions, 'permissions' | 'log'>;

const NO_RULES: RigRules = {
  permissions: { requireAllowed: () => undefined, isAllowed: () => false },
  log: { append: async () => 0 },
};

/** The bot's pauses and limits pass so many times as fast. */
export async function startInteractionRig(faster: number, rules: RigRules = NO_RULES): Promise<InteractionRig> {
  const discord = await startDiscordStandIn({ limits: 'off' });
  const clock: Clock = { ...systemClock, sleep: (ms, signal) => systemClock.sleep(ms / faster, signal) };
  const bot = new Bot({
    token: discord.token,
    apiUrl: discord.apiUrl,
    guildIds: [ids.guild],
    logger: silentLogger,
    clock,
    onFatal: (reason) => {
      throw new Error(reason);
    },
  });
  const router = new Router({
    commands,
    controls,
    forms,
    messageCommands: [],
    ...rules,
    clock,
    served: new ServedGuilds([ids.guild]),
    rest: bot.interactionRest,
    logger: silentLogger,
  });
  bot.client.on(Events.InteractionCreate, (interaction) => router.take(interaction));
  await bot.start(() => commands);
  const kinds = toKinds(discord);
  return {
    discord,
    router,
    prepare: (kind) => kinds[kind](),
    async submission(kind, rule) {
      const interact = await kinds[kind]();
      if (rule !== undefined) discord.faults.add(rule);
      return interact();
    },
    async lose(kind, rule) {
      const interact = await kinds[kind]();
      const heard = once(bot.client, Events.InteractionCreate);
      const disarm = discord.faults.add(rule);
      interact().catch(() => undefined);
      await heard;
      await router.whenIdle();
      disarm();
    },
    async [Symbol.asyncDispose]() {
      await router.whenIdle();
      await bot.stop();
      await discord.close();
    },
  };
}

/** What has to be there before, and then the interaction itself. */
type Kind = () => Promise<() => Promise<string>>;

function toKinds(discord: DiscordStandIn): Readonly<Record<KindName, Kind>> {
  const member = discord.people(ids.member);
  const press = (customId: string) => member.press(plant(discord, toRow(customId)), customId);
  return {
    command: async () => async () => say(await member.command(ids.general, { path: 'echo' })),
    button: async () => async () => say(await press('update')),
    'button on a private message': async () => {
      const { message } = await member.command(ids.general, { path: 'echo' });
      return async () => say(await member.press(message?.id ?? '', 'beside'));
    },
    select: async () => async () => say(await member.select(plant(discord, SELECT), 'pick', ['a'])),
    'form to open': async () => async () => sayForm(await press('open')),
    'form to send in': async () => {
      const { id } = await press('open');
      return async () => say(await member.submit(id, { text: 'x' }));
    },
    suggestions: async () => async () =>
      JSON.stringify(await member.autocomplete(ids.general, { path: 'echo' }, 'text')),
  };
}

const SELECT = {
  type: 1,
  components: [{ type: 3, custom_id: 'pick', options: [{ label: 'A', value: 'a' }] }],
} as const;

function toRow(customId: string): APIActionRowComponent<APIButtonComponent> {
  return { type: 1, components: [{ type: 2, style: 2, custom_id: customId, label: 'x' }] };
}

function plant({ world }: DiscordStandIn, row: object): string {
  const channel = world.channels.get(ids.general);
  if (channel === undefined) throw new Error('There is no #general.');
  const body = { flags: 32_768, components: [row] };
  return createMessage(world, { channel, authorId: ids.application, type: 0, body, uploads: [] }).message.id;
}

/** The form that opened, or what the person sees instead. */
function sayForm(seen: SeenInteraction): string {
  return seen.modal === undefined ? say(seen) : JSON.stringify(seen.modal);
}

/** The newest of what the person sees as an answer. */
function say({ message, followUps, failure, state }: SeenInteraction): string {
  const shown = followUps.at(-1) ?? message;
  const toWhom = isPrivate(shown) ? 'private' : 'public';
  return `${state} ${failure ?? ''} ${toWhom} ${JSON.stringify(shown?.components)}`;
}

function isPrivate(message: APIMessage | undefined): boolean {
  return ((message?.flags ?? 0) & MessageFlags.Ephemeral) !== 0;
}
