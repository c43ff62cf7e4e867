import { type APIApplicationCommandOption, ApplicationCommandOptionType, ButtonStyle, ComponentType } from 'discord.js';
import { commands } from '../../commands/index.ts';
import { controls } from '../../src/discord/components/all-controls.ts';
import type { TypedCommand } from '../../src/sandbox/discord/people.ts';
import { ids, type World } from './start-world.ts';

const { Subcommand, SubcommandGroup } = ApplicationCommandOptionType;
const PER_MESSAGE = 20;
const V2 = 1 << 15;

/** Every command as somebody might type it, about this job. */
export function everyCommand(job: string): TypedCommand[] {
  return commands.flatMap(({ data }) => toCommands(data.name, data.options ?? [], job));
}

function toCommands(path: string, options: readonly APIApplicationCommandOption[], job: string): TypedCommand[] {
  const inner = options.flatMap((option) =>
    option.type === Subcommand || option.type === SubcommandGroup
      ? toCommands(`${path} ${option.name}`, option.options ?? [], job)
      : [],
  );
  if (inner.length > 0) return inner;
  return [{ path, options: Object.fromEntries(options.map((option) => [option.name, toValue(option, job)])) }];
}

function toValue(option: APIApplicationCommandOption, job: string): string | number | boolean {
  if ('choices' in option && option.choices !== undefined) return option.choices[0]?.value ?? '';
  switch (option.type) {
    case ApplicationCommandOptionType.Integer:
      return 1;
    case ApplicationCommandOptionType.Boolean:
      return false;
    case ApplicationCommandOptionType.User:
      return ids.member;
    case ApplicationCommandOptionType.Role:
      return ids.artistRole;
    case ApplicationCommandOptionType.Channel:
      return ids.showcase;
    default:
      return option.name === 'job' ? job : '1';
  }
}

export interface PostedControl {
  readonly messageId: string;
  readonly customId: string;
  /** The values of a select; none for a button. */
  readonly values?: readonly string[];
}

/** Puts every control of the bot into a channel, once as a button and once as a select, as if the bot had posted them about this job. */
export async function postEveryControl(world: World, channelId: string, ref: string): Promise<PostedControl[]> {
  const posted: PostedControl[] = [];
  for (let start = 0; start < controls.length; start += PER_MESSAGE) {
    const some = controls.slice(start, start + PER_MESSAGE).map(({ name }) => `${name}:${ref}:1:${ref}`);
    const buttons = await postAsBot(world, channelId, some.map(toButtonRow));
    posted.push(...some.map((customId) => ({ messageId: buttons, customId })));
    for (let at = 0; at < some.length; at += 5) {
      const few = some.slice(at, at + 5);
      const selects = await postAsBot(
        world,
        channelId,
        few.map((customId) => toSelectRow(customId, ref)),
      );
      posted.push(...few.map((customId) => ({ messageId: selects, customId, values: [ref] })));
    }
  }
  return posted;
}

function toButtonRow(customId: string) {
  const button = { type: ComponentType.Button, style: ButtonStyle.Secondary, custom_id: customId, label: 'x' };
  return { type: ComponentType.ActionRow, components: [button] };
}

function toSelectRow(customId: string, value: string) {
  const options = [{ label: value, value }];
  const select = { type: ComponentType.StringSelect, custom_id: customId, options };
  return { type: ComponentType.ActionRow, components: [select] };
}

async function postAsBot({ discord }: World, channelId: string, components: unknown[]): Promise<string> {
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
