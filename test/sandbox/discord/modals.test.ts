import type { ChatInputCommandInteraction, ModalSubmitInteraction } from 'discord.js';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sandboxIds as ids } from '../../../sandbox/discord/world/world-plan.ts';
import { type RealBot, refusalOf, startRealBot } from './real-client.ts';

describe('modals of the real discord.js', () => {
  let bot: RealBot;
  const member = () => bot.discord.people(ids.member);
  const slash = (handler: (interaction: ChatInputCommandInteraction) => Promise<unknown>) =>
    bot.on(async (interaction) => (interaction.isChatInputCommand() ? handler(interaction) : undefined));

  beforeAll(async () => {
    bot = await startRealBot();
    await bot.client.application.commands.set([{ name: 'try', description: 'Try' }]);
  });

  beforeEach(() => {
    bot.thrown.length = 0;
  });

  afterAll(async () => {
    await bot[Symbol.asyncDispose]();
    expect(bot.misfits).toEqual([]);
  });

  it('fills in a modal with text, a select and a file', async () => {
    const label = (text: string, component: object) => ({ type: 18, label: text, component });
    const modal = {
      title: 'Region',
      custom_id: 'region',
      components: [
        label('Prompt', { type: 4, custom_id: 'prompt', style: 2, value: 'before' }),
        label('Mode', { type: 3, custom_id: 'mode', options: [{ label: 'Fast', value: 'fast' }] }),
        label('Mask', { type: 19, custom_id: 'mask' }),
      ],
    };
    slash((interaction) => interaction.showModal(modal as never));
    const opened = await member().command(ids.general, { path: 'try' });
    let bytes: Buffer | undefined;
    let secondModal: unknown;
    bot.on(async (interaction) => {
      const submit = interaction as ModalSubmitInteraction;
      const file = submit.fields.getUploadedFiles('mask', true).first();
      bytes = Buffer.from(await (await fetch(file?.url ?? '')).arrayBuffer());
      const callback = { type: 9 as const, data: { title: 'Again', custom_id: 'again', components: modal.components } };
      const route = `/interactions/${submit.id}/${submit.token}/callback` as const;
      secondModal = await refusalOf(bot.client.rest.post(route, { body: callback, auth: false }));
      await submit.reply(`${submit.fields.getTextInputValue('prompt')} ${submit.fields.getStringSelectValues('mode')}`);
    });
    const mask = { name: 'mask.bin', contentType: 'application/octet-stream', bytes: new Uint8Array([1, 2, 3]) };

    const seen = await member().submit(opened.id, { prompt: 'a cat', mode: ['fast'], mask: [mask] });

    expect(opened).toMatchObject({ state: 'modal', modal: { title: 'Region' } });
    expect(bot.thrown).toEqual([]);
    expect(seen.message?.content).toBe('a cat fast');
    expect(bytes?.equals(Buffer.from([1, 2, 3]))).toBe(true);
    expect(secondModal).toEqual({ code: 50035, status: 400 });
    await expect(member().submit(opened.id, {})).rejects.toMatchObject({ reason: 'no-modal' });
  });

  it('takes only files of the types that a form names', async () => {
    const upload = { type: 19, custom_id: 'mask', max_values: 2, file_types: ['image', '.pdf'] };
    const components = [{ type: 18, label: 'Mask', component: upload }];
    slash((interaction) => interaction.showModal({ title: 'T', custom_id: 'm', components } as never));
    const opened = await member().command(ids.general, { path: 'try' });
    bot.on(async (interaction) => (interaction as ModalSubmitInteraction).reply('thanks'));
    const file = (name: string, contentType: string) => ({ name, contentType, bytes: new Uint8Array([1]) });
    const wrong = { mask: [file('a.png', 'image/png'), file('a.txt', 'text/plain')] };

    await expect(member().submit(opened.id, wrong)).rejects.toMatchObject({ reason: 'invalid-value' });
    const seen = await member().submit(opened.id, {
      mask: [file('a.png', 'image/png'), file('A.PDF', 'application/pdf')],
    });

    expect(seen.state).toBe('answered');
  });

  it('refuses a form with a required field left empty, and lets it be sent in again', async () => {
    const components = [{ type: 18, label: 'Why', component: { type: 4, custom_id: 'why', style: 1, max_length: 3 } }];
    slash((interaction) => interaction.showModal({ title: 'T', custom_id: 'm', components } as never));
    const opened = await member().command(ids.general, { path: 'try' });
    bot.on(async (interaction) => (interaction as ModalSubmitInteraction).reply('thanks'));

    await expect(member().submit(opened.id, {})).rejects.toMatchObject({ reason: 'missing-option' });
    await expect(member().submit(opened.id, { why: 'long' })).rejects.toMatchObject({ reason: 'invalid-value' });
    const seen = await member().submit(opened.id, { why: 'ok' });

    expect(seen.state).toBe('answered');
  });
});
