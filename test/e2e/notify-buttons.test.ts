import type { APIMessage } from 'discord.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { answerTo, controlOf, ids, startWorld, textOf, type World, walk } from './start-world.ts';

describe('the buttons of rules and live cards, over sockets', () => {
  let world: World;

  beforeEach(async () => {
    world = await startWorld();
  });
  afterEach(() => world.close());

  const notify = async (path: string, options = {}) =>
    (await world.owner.command(ids.general, { path: `notify ${path}`, options })).message;
  const click = async (message: APIMessage | undefined, name: string) =>
    answerTo(await world.owner.press(message?.id ?? '', controlOf(message, name)));
  const pick = async (message: APIMessage | undefined, customId: string, values: string[]) =>
    answerTo(await world.owner.select(message?.id ?? '', customId, values));
  const suggest = async (focused: string, typed: string) => {
    const options = { channel: ids.showcase, [focused]: typed };
    const choices = await world.owner.autocomplete(ids.general, { path: 'notify add', options }, focused);
    return choices.map(({ value }) => value);
  };

  it('pauses, resumes and removes a rule in the list, and undoes each there', async () => {
    await notify('add', { channel: ids.showcase });
    const list = await notify('list');

    const paused = await click(list, 'rule-pause');
    const undone = await click(paused, 'rule-undo');
    const removed = await click(undone, 'rule-remove');
    const back = await click(removed, 'rule-undo');

    expect(textOf(paused)).toMatch(/Rule #1 paused.*1 notification rule/s);
    expect(textOf(undone)).toContain('rule #1 is as it was');
    expect(textOf(undone)).toContain('rule-pause:1:1');
    expect(textOf(removed)).toMatch(/Rule #1 removed.*No rules yet/s);
    expect(textOf(back)).toMatch(/rule #1 is back.*1 notification rule/s);
  });

  it('lists two hundred rules within Discord’s limits, five a page', async () => {
    for (let n = 0; n < 11; n += 1) await notify('add', { channel: ids.showcase, prompt: `word${n} and *more*` });
    const first = await notify('list');

    const second = answerTo(await world.owner.press(first?.id ?? '', controlOf(first, 'rules-page', 'Next ▶')));
    const paused = await click(second, 'rule-pause');

    expect(textOf(first).match(/rule-edit/g)).toHaveLength(5);
    expect(textOf(paused)).toContain('Rule #6 paused');
    expect(textOf(paused)).toContain('rule-resume:6:2');
  });

  it('edits a rule by selects, each change with an Undo', async () => {
    const added = await notify('add', { channel: ids.showcase, mention: ids.artistRole });

    const events = await pick(added, 'rule-set:1:events', ['failed', 'cancelled']);
    const nobody = await pick(events, 'rule-set:1:mention', []);
    const video = await pick(nobody, 'rule-set:1:type', ['video']);
    const undone = await click(video, 'rule-undo');
    const opened = await click(await notify('list'), 'rule-edit');

    expect(textOf(added)).toContain(`pings <@&${ids.artistRole}>`);
    expect(textOf(events)).toContain('when a job fails or is cancelled');
    expect(textOf(nobody)).not.toContain('pings');
    expect(textOf(video)).toContain('only videos');
    expect(textOf(undone)).not.toContain('· only videos');
    expect(walk(opened?.components).filter(({ custom_id: id }) => String(id).startsWith('rule-set'))).toHaveLength(6);
  });

  it('warns of a verb that it does not know, and of a rule that is there already', async () => {
    await notify('add', { channel: ids.showcase, prompt: 'a b' });

    const twin = await notify('add', { channel: ids.showcase, prompt: 'b a' });
    const odd = await notify('add', { channel: ids.showcase, verb: 'imagin' });

    expect(textOf(twin)).toContain('Rule #1 already does exactly this');
    expect(textOf(odd)).toContain('I don’t know the verb “imagin”');
  });

  it('pings nobody where that is said, and not both', async () => {
    await notify('add', { channel: ids.showcase, mention: ids.artistRole });

    const both = await notify('edit', { rule: 1, mention: ids.artistRole, 'mention-nobody': true });
    const nobody = await notify('edit', { rule: 1, 'mention-nobody': true });

    expect(textOf(both)).toContain('not both');
    expect(textOf(nobody)).not.toContain('pings');
  });

  it('suggests events, verbs and quiet hours', async () => {
    expect(await suggest('events', '')).toContain('completed, moderated, failed');
    expect(await suggest('events', 'failed, comp')).toEqual(['failed, completed']);
    expect(await suggest('verb', 'imag')).toEqual(['imagine']);
    expect(await suggest('quiet', '23:30-06 berl')).toEqual(['23:30-06 Europe/Berlin']);
    expect(await suggest('quiet', '')).toContain('none');
  });

  it('undoes that a live card was added, and that one was stopped', async () => {
    const jobid = world.useapi.world.startJob({ version: 'v3', prompt: 'a slow sunrise' });
    const watch = async (path: string, options = {}) =>
      (await world.owner.command(ids.showcase, { path: `watch ${path}`, options })).message;
    const added = await watch('add', { job: jobid });
    const left = await click(added, 'watch-leave');
    await watch('add', { job: jobid });
    const stopped = await click(await watch('list'), 'watch-stop');
    const resumed = await click(stopped, 'watch-resume');

    expect(textOf(left)).toContain('doesn’t follow');
    expect(textOf(stopped)).toMatch(/Stopped following.*None right now/s);
    expect(textOf(resumed)).toMatch(/follows .* again.*a slow sunrise/s);
  });

  it('shows live cards to whoever may look at jobs, without what they may not click', async () => {
    const jobid = world.useapi.world.startJob({ version: 'v3', prompt: 'a slow sunrise' });
    await world.owner.command(ids.showcase, { path: 'watch add', options: { job: jobid } });

    const { message } = await world.member.command(ids.showcase, { path: 'watch list' });

    expect(textOf(message)).toContain('a slow sunrise');
    expect(textOf(message)).not.toContain('watch-stop');
  });

  it('says that nothing changed where a rule is like that already, without an Undo', async () => {
    await notify('add', { channel: ids.showcase });
    await notify('pause', { rule: 1 });

    const [paused, edited] = [await notify('pause', { rule: 1 }), await notify('edit', { rule: 1, media: 'full' })];

    expect(textOf(paused)).toContain('Rule #1 is already paused.');
    expect(textOf(edited)).toContain('Nothing changed: rule #1 is already like that.');
    expect(`${textOf(paused)}${textOf(edited)}`).not.toContain('rule-undo');
  });

  it('asks which job is meant where typed words fit several, to follow one, to stop and to explain', async () => {
    const [teapot, curtain, done] = ['a velvet teapot', 'a velvet curtain', 'a velvet stool'].map((prompt) =>
      world.useapi.world.startJob({ version: 'v3', prompt }),
    );
    world.useapi.world.advance(done ?? '', { to: 'completed' });
    for (const job of [teapot, curtain, done]) await world.owner.command(ids.general, toCommand('job show', job));
    const which = async (path: string) => (await world.owner.command(ids.general, toCommand(path, 'velvet'))).message;
    const refOf = (message: APIMessage | undefined, prompt: string) =>
      new RegExp(`\\w{8}(?= · [^"]*${prompt})`).exec(textOf(message))?.[0] ?? '';

    const add = await which('watch add');
    const added = await pick(add, 'watch-meant:add', [refOf(add, 'curtain')]);
    await pick(add, 'watch-meant:add', [refOf(add, 'teapot')]);
    const remove = await which('watch remove');
    const removed = await pick(remove, 'watch-meant:remove', [refOf(remove, 'curtain')]);
    const last = await which('watch remove');
    const explain = await which('notify explain');
    const explained = await pick(explain, 'explain-meant', [refOf(explain, 'stool')]);

    expect(textOf(add)).toContain('2 jobs match. Which one?');
    expect(textOf(added)).toMatch(/Following/);
    expect(textOf(remove)).toContain('2 jobs match. Which one?');
    expect(textOf(removed)).toMatch(/Stopped following/);
    expect(textOf(last)).toMatch(/Stopped following/);
    expect(textOf(explain)).toContain('3 jobs match. Which one?');
    expect(textOf(explained)).toContain('a velvet stool');
  });
});

function toCommand(path: string, job = '') {
  return { path, options: { job } };
}
