import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PersonFile } from '../../sandbox/discord/world/people.ts';
import { aListedWord } from '../moderation/moderation-builders.ts';
import { answerTo, controlOf, ids, textOf, type World } from './start-world.ts';
import { type SubmissionWorld, startSubmissionWorld } from './submission-world.ts';

const aFile = (name: string, contentType = 'image/png'): PersonFile => ({
  name,
  contentType,
  bytes: Buffer.from([0x89, 0x50, 0x4e, 0x47]),
});

describe('/describe and /blend, over sockets', () => {
  let submissions: SubmissionWorld;
  let world: World;

  beforeEach(async () => {
    submissions = await startSubmissionWorld({ useapi: { switches: { retryAfter: 'seconds', retryAfterSeconds: 1 } } });
    world = submissions.world;
  });
  afterEach(() => world.close());

  type Options = Readonly<Record<string, string | PersonFile>>;
  const use = async (path: 'describe' | 'blend', options: Options, who = world.moderator) =>
    who.command(ids.general, { path, options });
  const said = async (...given: Parameters<typeof use>) => textOf((await use(...given)).message);
  const sent = () =>
    world.useapi.requests.filter(({ method, path }) => method === 'POST' && /\/(describe|blend)$/.test(path));
  const newest = () => world.useapi.world.list().at(-1);

  it('describes a file: one paid call, a card, and the prompts at the end', async () => {
    const seen = await use('describe', { picture: aFile('fox.png') });
    world.useapi.world.advance(newest()?.jobid ?? '', { to: 'completed' });
    await world.app().poll();
    world.skip(5_001);
    await world.app().whenIdle();

    expect(textOf(seen.message)).toContain('/describe fox.png');
    expect(newest()).toMatchObject({ verb: 'describe', kind: 'describe' });
    expect(newest()?.describeUrl).toMatch(/^http:\/\/127.*fox\.png/);
    expect(textOf(submissions.posts(ids.general)[0])).toContain('a picture in other words, version 1');
    expect(sent()).toHaveLength(1);
  });

  it('blends files and links, in their order, in the shape that was asked for', async () => {
    await use('blend', {
      'picture-1': aFile('fox.png'),
      'picture-3': aFile('fern.jpg', 'image/jpeg'),
      links: 'https://example.com/a.webp https://example.com/b.webp',
      shape: 'Landscape',
    });

    expect(newest()).toMatchObject({ verb: 'blend', blendDimensions: 'Landscape' });
    const names = newest()?.blendUrls?.map((url) => /(\w+\.\w+)(\?|$)/.exec(url)?.[1]);
    expect(names).toEqual(['fox.png', 'fern.jpg', 'a.webp', 'b.webp']);
    expect(sent()).toHaveLength(1);
  });

  it.each([
    ['describe', {}, 'Give one picture'],
    ['describe', { picture: aFile('fox.png'), link: 'https://example.com/a.webp' }, 'not both'],
    ['describe', { picture: aFile('notes.txt', 'text/plain') }, 'notes.txt” is not a picture'],
    ['describe', { link: 'ftp://example.com/a.webp' }, 'is not a link to a picture'],
    ['blend', { 'picture-1': aFile('fox.png') }, 'Give 2 to 5 pictures'],
    ['blend', { links: [1, 2, 3, 4, 5, 6].map((n) => `https://example.com/${n}.webp`).join(' ') }, 'You gave 6'],
  ] as const)('refuses what is not right for /%s and spends nothing: %j', async (path, options, sentence) => {
    expect(await said(path, options)).toContain(sentence);
    expect(sent()).toEqual([]);
  });

  it('is for those who may start jobs', async () => {
    expect(await said('describe', { picture: aFile('fox.png') }, world.member)).toContain('You may not start jobs');
    expect(sent()).toEqual([]);
  });

  it('counts against the quota, and against listed words in the files’ names', async () => {
    await submissions.change((settings) => ({
      ...settings,
      quotas: { member: 1, roles: [] },
      words: [aListedWord('zanzibar', 'refuse')],
    }));

    expect(await said('describe', { picture: aFile('zanzibar.png') })).toMatch(/zanzibar/);
    expect(sent()).toEqual([]);
    await use('describe', { picture: aFile('fox.png') });
    await use('describe', { picture: aFile('fern.png') });

    expect(sent()).toHaveLength(1);
  });

  it('holds the result of a blend for review where that is on', async () => {
    await world.owner.command(ids.general, {
      path: 'mod review',
      options: { mode: 'on', channel: ids.moderation },
    });
    await use('blend', { links: 'https://example.com/a.webp https://example.com/b.webp' });
    world.useapi.world.advance(newest()?.jobid ?? '', { to: 'completed' });
    await world.app().poll();
    world.skip(5_001);
    await world.app().whenIdle();

    expect(submissions.posts(ids.moderation)).toHaveLength(1);
    expect(textOf(submissions.posts(ids.general)[0])).not.toContain('attachment://');
  });

  it('waits its turn where all slots are taken, and is sent once', async () => {
    for (let n = 0; n < 20; n += 1) world.useapi.world.startJob({ version: 'v3', prompt: `takes slot ${n}` });
    const [first] = world.useapi.world.list();
    const seen = await use('describe', { link: 'https://example.com/fox.webp' });
    expect(textOf(seen.message)).toMatch(/1/);

    world.useapi.world.advance(first?.jobid ?? '', { to: 'completed' });

    const described = () => world.useapi.world.list().filter(({ verb }) => verb === 'describe').length;
    await expect.poll(described, { timeout: 60_000 }).toBe(1);
  });

  it('is found after its answer was lost, and sent again only on purpose', async () => {
    const action = { kind: 'cut', after: 'before-response' } as const;
    world.useapi.faults.add({ match: { method: 'POST' }, times: 1, takesEffect: true, action });

    const seen = await use('describe', { link: 'https://example.com/fox.webp' });

    expect(textOf(answerTo(seen))).toMatch(/found|▶️|🔎/);
    expect(world.useapi.world.list().filter(({ verb }) => verb === 'describe')).toHaveLength(1);
    expect(sent()).toHaveLength(1);
    expect(() => controlOf(answerTo(seen), 'submit-again')).toThrow();
  });
});
