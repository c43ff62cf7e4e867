import { type APIApplicationCommandOption, ApplicationCommandOptionType, ButtonStyle, ComponentType } from 'discord.js';
import type { PersonFile, TypedCommand } from '../../sandbox/discord/world/people.ts';
import { everyHandler } from '../every-handler.ts';
import { ids, type World } from './start-world.ts';

const { Subcommand, SubcommandGroup } = ApplicationCommandOptionType;
const V2 = 1 << 15;

/** What options name: a job, and whom and what there is in the server. */
export interface Named {
  readonly job: string;
  readonly member?: string;
  readonly role?: string;
  readonly channel?: string;
  /** None where the server is not offered to choose one. */
  readonly account?: string;
}

/** Every command as somebody might type it. */
export function everyCommand(named: Named): TypedCommand[] {
  return everyHandler.commands.flatMap(({ data }) => toCommands(data.name, data.options ?? [], named));
}

function toCommands(path: string, options: readonly APIApplicationCommandOption[], named: Named): TypedCommand[] {
  const inner = options.flatMap((option) =>
    option.type === Subcommand || option.type === SubcommandGroup
      ? toCommands(`${path} ${option.name}`, option.options ?? [], named)
      : [],
  );
  if (inner.length > 0) return inner;
  const offered = options.filter(({ name }) => name !== 'account' || named.account !== undefined);
  return [{ path, options: Object.fromEntries(offered.map((option) => [option.name, toValue(option, named)])) }];
}

function toValue(option: APIApplicationCommandOption, named: Named): string | number | boolean | PersonFile {
  if ('choices' in option && option.choices !== undefined) return option.choices[0]?.value ?? '';
  switch (option.type) {
    case ApplicationCommandOptionType.Integer:
      return 1;
    case ApplicationCommandOptionType.Boolean:
      return false;
    case ApplicationCommandOptionType.Attachment:
      return { name: 'x.png', contentType: 'image/png', bytes: Buffer.alloc(1) };
    case ApplicationCommandOptionType.User:
      return named.member ?? ids.member;
    case ApplicationCommandOptionType.Role:
      return named.role ?? ids.artistRole;
    case ApplicationCommandOptionType.Channel:
      return named.channel ?? ids.showcase;
    default:
      return { job: named.job, account: named.account }[option.name] ?? '1';
  }
}

/** As a server can set it: offers everyone the commands that Discord hides from them by default. */
export function offerEverything({ discord }: World): void {
  for (const guildId of discord.guildIds)
    for (const { data } of everyHandler.commands) discord.world.commands.setOverride(guildId, data.name, guildId, true);
}

export interface PostedControl {
  readonly messageId: string;
  readonly customId: string;
  /** The values of a select; none for a button. */
  readonly values?: readonly string[];
}

/**
 * Puts every control of the bot into a channel, once as a button and once as a select, as if the bot had posted them
 * about this job.
 */
export async function postEveryControl(world: World, channelId: string, ref: string): Promise<PostedControl[]> {
  const posted: PostedControl[] = [];
  for (const { name } of everyHandler.controls) {
    const customId = `${name}:${ref}:1:${ref}`;
    posted.push({ customId, messageId: await postAsBot(world, channelId, [toButtonRow(customId)]) });
    const messageId = await postAsBot(world, channelId, [toSelectRow(customId, ref)]);
    posted.push({ customId, messageId, values: [ref] });
  }
  return posted;
}

export function toButtonRow(customId: string) {
  const button = { type: ComponentType.Button, style: ButtonStyle.Secondary, custom_id: customId, label: 'x' };
  return { type: ComponentType.ActionRow, components: [button] };
}

export function toSelectRow(customId: string, value: string) {
  const options = [{ label: 'x', value }];
  const select = { type: ComponentType.StringSelect, custom_id: customId, options };
  return { type: ComponentType.ActionRow, components: [select] };
}

export async function postAsBot({ discord }: World, channelId: string, components: unknown[]): Promise<string> {
  const body = { flags: V2, components, allowed_mentions: { parse: [] } };
  const answer = await fetch(`${discord.apiUrl}/v10/channels/${channelId}/messages`, {
    method: 'POST',
    headers: { authorization: `Bot ${discord.token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const { id, ...rest } = (await answer.json()) as { readonly id?: string };
  if (id === undefined) throw new Error(`The controls were not taken: ${JSON.stringify(rest)}`);
  return id;
}
