import {
  type APIApplicationCommandSubcommandGroupOption,
  type APIApplicationCommandSubcommandOption,
  ApplicationCommandOptionType,
  ApplicationCommandType,
} from 'discord.js';
import { expect, it } from 'vitest';
import type { OfferedCommand } from '../../../src/discord/core/command-registration.ts';
import { withoutOption } from '../../../src/discord/core/guild-commands.ts';

const { String: Text, Subcommand, SubcommandGroup } = ApplicationCommandOptionType;
const account = { type: Text, name: 'account', description: 'Which account' } as const;
const prompt = { type: Text, name: 'prompt', description: 'What to make' } as const;
const add: APIApplicationCommandSubcommandOption = {
  type: Subcommand,
  name: 'add',
  description: 'Add',
  options: [prompt, account],
};
const rules: APIApplicationCommandSubcommandGroupOption = {
  type: SubcommandGroup,
  name: 'rules',
  description: 'Rules',
  options: [add],
};

it('leaves an option out wherever it stands, and everything else as it is', () => {
  const commands: OfferedCommand[] = [
    { data: { name: 'imagine', description: 'Start', options: [prompt, account] } },
    { data: { name: 'notify', description: 'Post', options: [add, rules] } },
    { data: { name: 'help', description: 'Help' } },
    { data: { type: ApplicationCommandType.Message, name: 'Explain' } },
  ];

  const offered = withoutOption(commands, 'account');

  expect(JSON.stringify(offered)).not.toContain('"account"');
  expect(JSON.stringify(offered).match(/"prompt"/g)).toHaveLength(3);
  expect(offered.slice(2)).toEqual(commands.slice(2));
});
