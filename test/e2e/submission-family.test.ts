import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toJobRef } from '../../src/jobs/job-ref.ts';
import { toLabelHash } from '../../src/jobs/label-hash.ts';
import { controlOf, ids, textOf, type World, walk } from './start-world.ts';
import { labelsOf, type SubmissionWorld, startSubmissionWorld } from './submission-world.ts';

const { general } = ids;

describe('families, sharing and message commands, over sockets', () => {
  let submissions: SubmissionWorld;
  let world: World;

  beforeAll(async () => {
    submissions = await startSubmissionWorld();
    world = submissions.world;
  });
  afterAll(() => world.close());

  const family = (job: string) => world.member.command(general, { path: 'job family', options: { job } });
  const child = (parentJobid: string, button: string, prompt: string) => {
    const jobid = world.useapi.world.startJob({ parentJobid, button, prompt });
    world.useapi.world.advance(jobid, { to: 'completed' });
    return jobid;
  };
  const gallery = (message: Parameters<typeof textOf>[0]) =>
    walk(message?.components).flatMap((part) => (Array.isArray(part['items']) ? part['items'] : []));

  it('shows the tree with the buttons that led there and who pressed, and opens each of it', async () => {
    const { message, jobid } = await submissions.aCard('v3', 'the root');
    const pressed = await world.moderator.press(message.id, controlOf(message, 'press', 'V1'));
    const variation = world.useapi.world.list().at(-1)?.jobid ?? '';
    world.useapi.world.advance(variation, { to: 'completed' });
    const upscale = child(variation, 'U2', 'the grandchild');

    const seen = await family(upscale);
    const values = [...JSON.stringify(seen.message?.components).matchAll(/"value":"(\w{8})"/g)].map(
      (found) => found[1],
    );
    const opened = await world.member.select(seen.message?.id ?? '', controlOf(seen.message, 'job-open'), [
      values[2] ?? '',
    ]);

    expect(textOf(pressed.message)).toContain('started');
    expect(textOf(seen.message)).toMatch(
      /3 jobs in the family.*✅ .*the root.*└ ✅ V1 → .* by <@\d+>.*└ ✅ U2 → .*the grandchild/,
    );
    expect(textOf(seen.message)).toContain(`by <@${ids.moderator}>`);
    expect(textOf(opened.message)).toContain('the grandchild');
    expect(world.useapi.world.find(jobid)?.children).toHaveLength(1);
  });

  it('shows the second of two presses at once, although the job they were made from cannot be read any more', async () => {
    const { message, jobid } = await submissions.aCard('v3', 'pressed twice');
    const mend = world.useapi.faults.add({
      match: { method: 'GET', path: `/v3/midjourney/jobs/${encodeURIComponent(jobid)}` },
      action: { kind: 'status', status: 503, body: { error: 'x' } },
    });

    await Promise.all(
      ['V1', 'V2', 'V3'].map((label) => world.moderator.press(message.id, controlOf(message, 'press', label))),
    );
    const seen = await family(jobid);

    mend();
    expect(textOf(seen.message)).toMatch(/4 jobs in the family/);
    for (const label of ['V1', 'V2', 'V3']) expect(textOf(seen.message)).toContain(`${label} → `);
  });

  it('shows what was made elsewhere ten seconds after it was opened last, and asks once for two who open it', async () => {
    const { jobid } = await submissions.aCard('v3', 'a late child');
    const first = child(jobid, 'V1', 'the first child');
    await family(first);
    const late = child(jobid, 'V4', 'made elsewhere');
    world.skip(10_000);
    const before = world.useapi.requests.length;

    const seen = await Promise.all([family(first), family(first)]);

    for (const { message } of seen) expect(textOf(message)).toContain('made elsewhere');
    // The bot may just be looking at the API, or read the parent of an earlier press.
    const own = [jobid, first, late].map(encodeURIComponent);
    const reads = world.useapi.requests.slice(before).filter(({ path }) => own.some((id) => path.includes(id)));
    expect(reads).toHaveLength(3);
  });

  it('compares up to ten siblings in one gallery, one picture each', async () => {
    const { jobid } = await submissions.aCard('v3', 'many children');
    const made = Array.from({ length: 12 }, (_, n) => child(jobid, `Button ${n}`, `sibling ${n}`));

    const seen = await family(made.at(-1) ?? '');
    const compared = await world.member.press(seen.message?.id ?? '', controlOf(seen.message, 'family-compare'));

    expect(textOf(compared.message)).toContain('10 siblings');
    expect(gallery(compared.message)).toHaveLength(10);
    expect(textOf(compared.message)).not.toContain('midjourney.com');
  });

  it('says a prompt once in the tree, shows small pictures, and compares what was made from a job', async () => {
    const { jobid } = await submissions.aCard('v3', 'said once');
    for (const button of ['V1', 'V2']) child(jobid, button, 'said once');
    child(jobid, 'V3', 'said otherwise');
    world.skip(11_000);

    const seen = await family(jobid);
    const compared = await world.member.press(seen.message?.id ?? '', controlOf(seen.message, 'family-children'));

    const [tree = ''] = walk(seen.message?.components)
      .flatMap((part) => part['content'] ?? [])
      .map(String);
    expect(tree.split('said once')).toHaveLength(2);
    expect(tree).toMatch(/🖼️ 4.*said otherwise/);
    expect(gallery(seen.message)).toHaveLength(4);
    expect(textOf(compared.message)).toContain('3 jobs made from it');
    expect(gallery(compared.message)).toHaveLength(3);
  });

  it('pings any member who asks on a live card when its job is done, and nobody twice', async () => {
    await world.moderator.command(general, { path: 'imagine', options: { prompt: 'awaited by two' } });
    await world.app().whenIdle();
    const jobid = world.useapi.world.list().at(-1)?.jobid ?? '';
    const card = submissions.posts(general).at(-1);
    const bell = controlOf(card, 'job-notify-me');

    const seen = await world.member.press(card?.id ?? '', bell);
    await world.member.press(card?.id ?? '', bell);
    world.useapi.world.advance(jobid, { to: 'completed' });
    await world.app().poll();
    await world.app().whenIdle();
    const late = await world.member.press(submissions.plant(general, [bell]), bell);

    const ping = textOf(submissions.posts(general).at(-2));
    expect(textOf(seen.message)).toContain('I’ll ping you');
    expect(ping.split(`<@${ids.member}>`)).toHaveLength(2);
    expect(ping).toContain(`<@${ids.moderator}>`);
    expect(textOf(late.message)).toContain('already done');
  });

  it('opens the family from a card', async () => {
    const { message, jobid } = await submissions.aCard('v3', 'with a family');
    child(jobid, 'V1', 'of the family');
    const refreshed = await world.member.press(message.id, controlOf(message, 'job-refresh'));

    const seen = await world.member.press(message.id, controlOf(refreshed.message, 'job-family'));

    expect(textOf(seen.message)).toMatch(/2 jobs in the family.*of the family/);
  });

  it('shows on the card of a job that all servers share only what was made of it here', async () => {
    const shared = world.useapi.world.startJob({ prompt: 'shared' });
    world.useapi.world.advance(shared, { to: 'completed' });
    const show = { path: 'job show', options: { job: shared, public: true } };
    const there = (await world.outsider.command(ids.otherGeneral, show)).message;
    await world.outsider.press(there?.id ?? '', controlOf(there, 'press', 'V1'));
    const own = child(shared, 'V2', 'made outside Discord');
    await family(own);

    const here = (await world.owner.command(general, show)).message;
    const again = (await world.outsider.command(ids.otherGeneral, show)).message;

    expect(textOf(here)).toContain('1 made from it');
    expect(textOf(again)).toContain('2 made from it');
    expect(labelsOf(here)).toContain('V2 ✓');
    expect(labelsOf(here)).toContain('V1');
    expect(labelsOf(again)).toContain('V1 ✓');
  });

  it('shares a private card with the channel, for those who may', async () => {
    const { jobid } = await submissions.aCard('v3', 'to be shared');
    const mine = await world.moderator.command(general, { path: 'job show', options: { job: jobid } });
    const theirs = await world.member.command(general, { path: 'job show', options: { job: jobid } });
    const share = controlOf(mine.message, 'share');
    const planted = submissions.plant(general, [share]);
    const before = submissions.posts(general).length;

    const refused = await world.member.press(planted, share);
    const done = await world.moderator.press(mine.message?.id ?? '', share);

    const shared = submissions.posts(general).at(-1);
    expect(labelsOf(theirs.message)).not.toContain('Share');
    expect(textOf(refused.message)).toContain('You may not share');
    expect(textOf(done.message)).toContain(`/${general}/${shared?.id}`);
    expect(submissions.posts(general)).toHaveLength(before + 1);
    expect(textOf(shared)).toContain('to be shared');
    expect(labelsOf(shared)).not.toContain('Share');
    expect(textOf(shared)).toContain(`Shared by <@${ids.moderator}>`);
  });

  it('still says who shared a card after one of its buttons was clicked, and after Refresh', async () => {
    const { jobid } = await submissions.aCard('v3', 'shared and clicked');
    const mine = await world.moderator.command(general, { path: 'job show', options: { job: jobid } });
    await world.moderator.press(mine.message?.id ?? '', controlOf(mine.message, 'share'));
    const shared = submissions.posts(general).at(-1);
    const now = () => submissions.posts(general).find(({ id }) => id === shared?.id);

    await world.owner.press(shared?.id ?? '', controlOf(shared, 'press', 'V2'));
    await expect.poll(() => labelsOf(now())).toContain('V2 ✓');
    const clicked = textOf(now());
    await world.owner.press(shared?.id ?? '', controlOf(now(), 'job-refresh'));

    expect(clicked).toContain(`Shared by <@${ids.moderator}>`);
    expect(textOf(now())).toContain(`Shared by <@${ids.moderator}>`);
  });

  it('shows the job of a card, and why it was notified, from the menu of its message', async () => {
    await world.owner.command(general, { path: 'notify add', options: { channel: ids.showcase } });
    const jobid = world.useapi.world.startJob({ prompt: 'posted by a rule' });
    await world.app().poll();
    world.useapi.world.advance(jobid, { to: 'completed' });
    await world.app().poll();
    await world.app().whenIdle();
    const card = submissions.posts(ids.showcase).at(-1);

    const details = await world.member.messageCommand(card?.id ?? '', 'Job details');
    const why = await world.owner.messageCommand(card?.id ?? '', 'Explain notification');
    const hidden = world.member.messageCommand(card?.id ?? '', 'Explain notification');
    await expect(hidden).rejects.toMatchObject({ reason: 'not-allowed' });
    world.discord.world.commands.setOverride(ids.guild, 'Explain notification', ids.guild, true);
    const refused = await world.member.messageCommand(card?.id ?? '', 'Explain notification');

    expect(textOf(details.message)).toContain('posted by a rule');
    expect(textOf(why.message)).toMatch(/✓ #1 matched/);
    expect(textOf(refused.message)).toContain('Manage Server');
  });

  it('says that a message is no card of its own', async () => {
    const written = world.discord.people(ids.owner).send(general, 'just a text');
    const planted = submissions.plant(general, ['something-else']);

    const ofOthers = await world.member.messageCommand(written.id, 'Job details');
    const noCard = await world.member.messageCommand(planted, 'Job details');

    expect(textOf(ofOthers.message)).toContain('isn’t a card of one of my jobs');
    expect(textOf(noCard.message)).toContain('isn’t a card of one of my jobs');
  });

  it('shows of what awaits review only that, and shares and presses none of it', async () => {
    const { jobid } = await submissions.aCard('v3', 'published before');
    await submissions.change((settings) => ({ ...settings, review: { ...settings.review, mode: 'on' } }));
    const held = child(jobid, 'V2', 'a secret result');
    const before = submissions.paid();

    const seen = await family(held);
    const share = `share:${toJobRef(held)}`;
    const shared = await world.owner.press(submissions.plant(general, [share]), share);
    const button = `press:${toJobRef(held)}:${toLabelHash('V1')}`;
    const pressed = await world.moderator.press(submissions.plant(general, [button]), button);
    const compare = `family-compare:${toJobRef(held)}`;
    const compared = await world.member.press(submissions.plant(general, [compare]), compare);
    const reject = `review-reject:${toJobRef(held)}`;
    const form = await world.owner.press(submissions.plant(general, [reject]), reject);
    await world.owner.submit(form.id, { reason: 'too dark' });
    const sharedLater = await world.owner.press(submissions.plant(general, [share]), share);
    const pressedLater = await world.moderator.press(submissions.plant(general, [button]), button);
    const comparedLater = await world.member.press(submissions.plant(general, [compare]), compare);

    expect(textOf(seen.message)).toContain('awaiting review');
    expect(textOf(seen.message)).not.toContain('a secret result');
    expect(textOf(shared.message)).toContain('is waiting for review');
    expect(textOf(pressed.message)).toContain('is waiting for review');
    expect(textOf(compared.message)).toContain('awaiting review');
    expect(textOf(compared.message)).not.toContain('a secret result');
    for (const { message } of [sharedLater, pressedLater]) expect(textOf(message)).toMatch(/wasn’t approved.*imagine/);
    expect(textOf(comparedLater.message)).toContain('not approved by the review');
    expect(submissions.paid()).toBe(before);
  });
});
