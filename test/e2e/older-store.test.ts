import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createMessage } from '../../sandbox/discord/world/messages.ts';
import type { SeenInteraction } from '../../sandbox/discord/world/people.ts';
import { parseCustomId } from '../../src/discord/core/custom-id.ts';
import { everyHandler } from '../every-handler.ts';
import type { WrittenId } from '../fixtures/written-ids.ts';
import { answerTo, ids, textOf, type World } from './start-world.ts';
import { type SubmissionWorld, startSubmissionWorld } from './submission-world.ts';

const FOLDER = resolve(import.meta.dirname, '../fixtures');
const VERSIONS = readdirSync(FOLDER).flatMap((name) => /^store-(.+)\.sqlite$/.exec(name)?.[1] ?? []);

/** What `make-store.ts` wrote beside a store. */
interface Facts {
  readonly madeAt: number;
  readonly running: readonly string[];
  readonly openReview: string;
  readonly customIds: readonly WrittenId[];
}

describe.each(VERSIONS)('the store of version %s', (version) => {
  const facts = JSON.parse(readFileSync(resolve(FOLDER, `store-${version}.json`), 'utf8')) as Facts;
  let submissions: SubmissionWorld;
  let world: World;

  beforeEach(async () => {
    submissions = await startSubmissionWorld({
      useapi: { maxJobs: 12 },
      storeFrom: resolve(FOLDER, `store-${version}.sqlite`),
      startsAt: facts.madeAt,
      prepare: ({ world: api }) => {
        for (const jobid of facts.running)
          api.startJob({ version: jobid.startsWith('job:') ? 'v2' : 'v3', overrides: { jobid, status: 'progress' } });
      },
    });
    world = submissions.world;
  });
  afterEach(() => world.close());

  const owner = (path: string, options = {}) => world.owner.command(ids.general, { path, options });
  const read = async (path: string, options = {}) => textOf((await owner(path, options)).message);

  it('opens, and everything is still there', async () => {
    const [jobs, rules, watches] = [await read('jobs'), await read('notify list'), await read('watch list')];
    const [settings, log, usage] = [await read('mod settings'), await read('mod log'), await read('mod usage')];

    expect(jobs).toContain('a slow cloud');
    for (const what of ['60', 'Europe/Berlin', `<#${ids.showcase}>`, `<#${ids.forum}>`, `<@&${ids.artistRole}>`])
      expect(rules).toContain(what);
    for (const what of ['a slow sunrise', 'a slow sunset', `<#${ids.showcase}>`]) expect(watches).toContain(what);
    for (const what of ['42', '3,?000', '50', '60', `<#${ids.moderation}>`, `<@&${ids.moderatorRole}>`])
      expect(settings).toMatch(new RegExp(what));
    expect(log).toContain(`<@${ids.moderator}>`);
    expect(usage).toContain(`<@${ids.moderator}>`);
  });

  it('sends what waited once, and nothing again that was sent', async () => {
    await expect.poll(() => submissions.paid()).toBe(1);
    await world.app().poll();
    await world.app().whenIdle();

    expect(submissions.paid()).toBe(1);
    expect(world.useapi.world.list().map(({ prompt }) => prompt)).toContain('waits for a slot');
  });

  it('goes on with a live card, and with rules', async () => {
    const [followed = '', other = ''] = facts.running;
    await owner('mod review', { mode: 'off' });
    for (const jobid of [followed, other]) world.useapi.world.advance(jobid, { to: 'completed' });
    await world.app().poll();
    await world.app().whenIdle();
    world.skip(5_001);
    await world.app().whenIdle();

    const posts = submissions.posts(ids.showcase);
    expect(posts.map(textOf).join()).toMatch(/a slow sunrise/);
  });

  it('decides a review that was open, with the vote that it had', async () => {
    const control = `review-approve:${facts.openReview}`;
    await world.moderator.press(submissions.plant(ids.moderation, [control]), control);
    await world.app().whenIdle();

    expect(submissions.posts(ids.showcase).map(textOf).join()).toContain('voted on');
  });

  it('has a handler for every custom id that was written', async () => {
    const handled = new Set([...everyHandler.controls, ...everyHandler.forms].map(({ name }) => name));

    const unknown = facts.customIds.filter(({ customId }) => !handled.has(parseCustomId(customId).name));

    expect(unknown).toEqual([]);
    expect(facts.customIds.length).toBeGreaterThan(25);
  });

  it('answers every control that was written', async () => {
    const answers: string[] = [];
    for (const written of facts.customIds.filter(({ carrier }) => carrier !== 'form')) {
      const text = await use(written);
      if (/an hour only|Something broke|older version/.test(text)) answers.push(`${written.customId}: ${text}`);
    }

    expect(answers).toEqual([]);
  });

  async function use({ customId, carrier, value }: WrittenId): Promise<string> {
    if (carrier === 'button')
      return textIn(await world.owner.press(submissions.plant(ids.general, [customId]), customId));
    const messageId = plantSelect(customId, value ?? '');
    return textIn(await world.owner.select(messageId, customId, [value ?? '']));
  }

  function textIn(seen: SeenInteraction): string {
    return textOf(answerTo(seen)) + JSON.stringify(seen.modal ?? '');
  }

  function plantSelect(customId: string, value: string): string {
    const channel = world.discord.world.channels.get(ids.general);
    if (channel === undefined) throw new Error('There is no such channel.');
    const select = { type: 3, custom_id: customId, options: [{ label: value, value }] };
    const body = { flags: 32_768, components: [{ type: 1, components: [select] }] };
    const message = { channel, authorId: ids.application, type: 0, body, uploads: [] };
    return createMessage(world.discord.world, message).message.id;
  }
});
